using System.Globalization;

namespace Gateway.Load.Reports;

/// <summary>How figures are written for people: as many digits as mean something, a unit that keeps the number short, a point whatever the locale.</summary>
internal static class FigureText
{
    public static string Of(Figure figure) => Of(figure.Value, figure.Unit);

    public static string Of(double value, FigureUnit unit) => unit switch
    {
        _ when !double.IsFinite(value) => "–",
        FigureUnit.Milliseconds => Milliseconds(value),
        FigureUnit.Share => Share(value),
        FigureUnit.Kbps => value switch { >= 1e6 => $"{Number(value / 1e6)} Gbit/s", >= 1000 => $"{Number(value / 1000)} Mbit/s", _ => $"{Number(value)} kbit/s" },
        FigureUnit.PerHour => $"{Number(value)} /h",
        FigureUnit.SecondsPerHour => $"{Number(value)} s/h",
        FigureUnit.PerSecond => $"{Number(value)} /s",
        FigureUnit.Bytes => Bytes(value),
        _ => Number(value),
    };

    public static string Milliseconds(double value) => value switch
    {
        >= 60_000 => Duration(TimeSpan.FromMilliseconds(value)),
        >= 1000 => $"{Number(value / 1000)} s",
        _ => $"{Number(value)} ms",
    };

    /// <summary>Small shares keep a digit, so that one error in ten thousand is not told as none.</summary>
    public static string Share(double value) => value is > 0 and < 0.0001 ? "< 0.01 %" : $"{Number(value * 100)} %";

    public static string Bytes(double value) => value switch
    {
        >= 1e12 => $"{Number(value / 1e12)} TB",
        >= 1e9 => $"{Number(value / 1e9)} GB",
        >= 1e6 => $"{Number(value / 1e6)} MB",
        >= 1e3 => $"{Number(value / 1e3)} kB",
        _ => $"{Number(value)} B",
    };

    /// <summary>Three digits that count; whole numbers from a hundred on, with a thin space between thousands.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        if (size >= 1000) return value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');
        var digits = size switch { >= 100 => "0", >= 10 => "0.#", >= 0.095 => "0.##", 0 => "0", _ => "0.####" };
        return value.ToString(digits, CultureInfo.InvariantCulture);
    }

    public static string Duration(TimeSpan span) => span switch
    {
        { TotalHours: >= 1 } => $"{(int)span.TotalHours} h {span.Minutes:00} min",
        { TotalMinutes: >= 1 } => $"{(int)span.TotalMinutes} min {span.Seconds:00} s",
        _ => $"{Number(span.TotalSeconds)} s",
    };
}
