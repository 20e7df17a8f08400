using System.Text;

namespace Gateway.Telemetry.Prometheus;

/// <summary>
/// Turns the names of instruments and tags into Prometheus names, by the rules of OpenTelemetry's compatibility specification
/// (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/).
/// </summary>
internal static class SeriesName
{
    private const string TotalSuffix = "_total";
    private const string CountSuffix = "_count";

    /// <summary>Name of the family, without <c>_total</c>: dots become underscores, the unit is spelled out at the end.</summary>
    public static string Family(string instrument, string unit, bool isGauge)
    {
        var name = Legal(instrument, allowColon: true);
        if (name.EndsWith(TotalSuffix, StringComparison.Ordinal) && name.Length > TotalSuffix.Length) name = name[..^TotalSuffix.Length];
        var unitName = Unit(unit, isGauge);
        if (unitName.Length > 0) return EndsWithName(name, unitName) ? name : $"{name}_{unitName}";
        return isGauge && name.EndsWith(CountSuffix, StringComparison.Ordinal) && name.Length > CountSuffix.Length ? Plural(name[..^CountSuffix.Length]) : name;
    }

    /// <summary>Name of a label. <c>le</c> belongs to the buckets, so an instrument's own tag of that name is renamed.</summary>
    public static string Label(string tag)
    {
        var name = Legal(tag, allowColon: false);
        return name is "le" or "quantile" ? $"exported_{name}" : name;
    }

    /// <summary>A UCUM unit spelled out: <c>By/s</c> is <c>bytes_per_second</c>; empty for counted things and for what has no unit.</summary>
    public static string Unit(string unit, bool isGauge)
    {
        var bare = WithoutAnnotation(unit);
        if (bare == "1") return isGauge ? "ratio" : "";
        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return Legal(Singular(bare), allowColon: false, prefixDigit: false).Trim('_');
        var over = Legal(Singular(bare[..slash]), allowColon: false, prefixDigit: false).Trim('_');
        var per = Legal(Per(bare[(slash + 1)..]), allowColon: false, prefixDigit: false).Trim('_');
        return per.Length == 0 ? over : over.Length == 0 ? $"per_{per}" : $"{over}_per_{per}";
    }

    /// <summary>
    /// What a gauge counts, in the plural: <c>dotnet.timer.count</c> is <c>dotnet_timers</c>. The specification would leave <c>_count</c>, which
    /// readers take for a part of a histogram and promtool refuses.
    /// </summary>
    private static string Plural(string thing) => thing[^1] switch
    {
        'y' => $"{thing[..^1]}ies",
        's' => thing,
        _ => $"{thing}s",
    };

    private static bool EndsWithName(string name, string unitName) =>
        name.EndsWith(unitName, StringComparison.Ordinal) && (name.Length == unitName.Length || name[^(unitName.Length + 1)] == '_');

    /// <summary>What stands in braces tells a reader what is counted (<c>{request}</c>) and is no unit.</summary>
    private static string WithoutAnnotation(string unit)
    {
        if (!unit.Contains('{', StringComparison.Ordinal)) return unit;
        var kept = new StringBuilder();
        var inside = false;
        foreach (var c in unit)
        {
            if (c == '{') inside = true;
            else if (c == '}') inside = false;
            else if (!inside) kept.Append(c);
        }

        return kept.ToString();
    }

    private static string Legal(string text, bool allowColon, bool prefixDigit = true)
    {
        var legal = new StringBuilder(text.Length + 1);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || (c == ':' && allowColon))
            {
                if (legal.Length == 0 && char.IsAsciiDigit(c) && prefixDigit) legal.Append('_');
                legal.Append(c);
            }
            else if (legal.Length == 0 || legal[^1] != '_')
            {
                legal.Append('_');
            }
        }

        return legal.Length == 0 && prefixDigit ? "_" : legal.ToString();
    }

    private static string Singular(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "TBy" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        "$" => "dollars",
        _ => unit,
    };

    private static string Per(string unit) => unit switch
    {
        "s" => "second",
        "m" or "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => unit,
    };
}
