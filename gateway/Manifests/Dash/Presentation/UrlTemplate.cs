using System.Globalization;
using System.Text;
using Gateway.Media;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// A segment URL of one Representation with holes for number, time and sub-number: makes addresses, and reads the values back out of an
/// address (ISO/IEC 23009-1 §5.3.9.4.4).
/// </summary>
internal sealed class UrlTemplate
{
    private readonly string _cluster;
    private readonly string[] _literals;
    private readonly Hole[] _holes;

    private UrlTemplate(string cluster, string[] literals, Hole[] holes)
    {
        _cluster = cluster;
        _literals = literals;
        _holes = holes;
    }

    internal enum Variable
    {
        Number,
        Time,
        SubNumber,
    }

    /// <summary>Whether $Time$ occurs: addresses follow media time instead of numbers.</summary>
    public bool UsesTime => Array.Exists(_holes, h => h.Variable == Variable.Time);

    /// <summary>Whether $SubNumber$ occurs: parts of segments have addresses of their own.</summary>
    public bool UsesSubNumber => Array.Exists(_holes, h => h.Variable == Variable.SubNumber);

    /// <summary>Fills in what is known of the Representation and resolves against its base.</summary>
    /// <returns>Null when it leads to a host that is not configured, or is no http(s) reference.</returns>
    public static UrlTemplate? Compile(string template, string id, string bandwidth, ReferenceBase? from)
    {
        if (from is null) return null;
        var holes = new List<Hole>();
        var text = new StringBuilder();
        for (var rest = template.AsSpan(); !rest.IsEmpty;)
        {
            var dollar = rest.IndexOf('$');
            var close = dollar < 0 ? -1 : rest[(dollar + 1)..].IndexOf('$');
            if (close < 0)
            {
                text.Append(rest);
                break;
            }

            if (text.Length > DashLimits.UrlLength) return null;
            text.Append(rest[..dollar]);
            var identifier = rest.Slice(dollar + 1, close);
            rest = rest[(dollar + close + 2)..];
            var percent = identifier.IndexOf('%');
            var name = percent < 0 ? identifier : identifier[..percent];
            var width = percent < 0 ? 1 : WidthOf(identifier[percent..]);
            switch (name)
            {
                case "":
                    text.Append('$');
                    break;
                case "RepresentationID":
                    text.Append(id);
                    break;
                case "Bandwidth":
                    text.Append(bandwidth.PadLeft(width, '0'));
                    break;
                case "Number" or "Time" or "SubNumber":
                    holes.Add(new Hole(name is "Number" ? Variable.Number : name is "Time" ? Variable.Time : Variable.SubNumber, width));
                    text.Append(Mark);
                    break;
                default:
                    text.Append('$').Append(identifier).Append('$');
                    break;
            }
        }

        if (text.Length > DashLimits.UrlLength) return null;
        if (!from.TryLocate(Encoding.UTF8.GetBytes(text.ToString()), out var address)) return null;
        var literals = (address.Path + address.Query).Split(Mark);
        return literals.Length == holes.Count + 1 ? new UrlTemplate(address.Cluster, literals, [.. holes]) : null;
    }

    /// <summary>The address of one segment.</summary>
    public MediaAddress Fill(long number, long time, long subNumber = 1)
    {
        var text = new StringBuilder(_literals[0], _literals[0].Length + 64);
        for (var i = 0; i < _holes.Length; i++)
        {
            var value = _holes[i].Variable switch { Variable.Number => number, Variable.Time => time, _ => subNumber };
            text.Append(value.ToString("D" + _holes[i].Width.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)).Append(_literals[i + 1]);
        }

        var url = text.ToString();
        var query = url.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? new MediaAddress(_cluster, url, "") : new MediaAddress(_cluster, url[..query], url[query..]);
    }

    /// <summary>Reads the values out of an address that this template may have made; values that do not occur are -1.</summary>
    public bool TryRead(MediaAddress address, out long number, out long time) => TryRead(address, out number, out time, out _);

    /// <summary>The same with the sub-number.</summary>
    public bool TryRead(MediaAddress address, out long number, out long time, out long subNumber)
    {
        number = -1;
        time = -1;
        subNumber = -1;
        if (!string.Equals(address.Cluster, _cluster, StringComparison.Ordinal) || !address.Path.StartsWith(PathPart(_literals[0]), StringComparison.Ordinal)) return false;
        var rest = (address.Query.Length == 0 ? address.Path : address.Path + address.Query).AsSpan();
        if (!rest.StartsWith(_literals[0])) return false;
        rest = rest[_literals[0].Length..];
        for (var i = 0; i < _holes.Length; i++)
        {
            var hole = _holes[i];
            var digits = DigitsOf(rest, hole, _literals[i + 1], isLast: i == _holes.Length - 1);
            if (digits < hole.Width || (digits > hole.Width && rest[0] == '0' && digits > 1)) return false;
            if (!long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
            if (hole.Variable == Variable.Number && !Agrees(ref number, value)) return false;
            if (hole.Variable == Variable.Time && !Agrees(ref time, value)) return false;
            if (hole.Variable == Variable.SubNumber && !Agrees(ref subNumber, value)) return false;
            rest = rest[(digits + _literals[i + 1].Length)..];
        }

        return rest.IsEmpty;
    }

    /// <summary>A variable that occurs twice has one value.</summary>
    private static bool Agrees(ref long known, long value)
    {
        if (known >= 0 && known != value) return false;
        known = value;
        return true;
    }

    /// <summary>How many digits fill a hole. Those of the literal behind it belong to the literal: "$Number$0.m4s" is legal, if unwise.</summary>
    private static int DigitsOf(ReadOnlySpan<char> text, Hole hole, ReadOnlySpan<char> behind, bool isLast)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) digits = text.Length;
        if (behind.IsEmpty && !isLast) return Math.Min(digits, hole.Width);
        for (digits = Math.Min(digits, MaxDigits + behind.Length); digits >= hole.Width; digits--)
        {
            if (isLast ? text[digits..].SequenceEqual(behind) : text[digits..].StartsWith(behind)) return digits;
        }

        return -1;
    }

    /// <summary>Of the largest number, or of the widest format.</summary>
    private const int MaxDigits = 20;

    /// <summary>Stands in for a hole while the reference is resolved. A character that no URL has: private use, written as its UTF-8 escape.</summary>
    private const string Mark = "%EE%80%80";

    private static string PathPart(string literal)
    {
        var query = literal.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? literal : literal[..query];
    }

    private static int WidthOf(ReadOnlySpan<char> format) =>
        format.Length > 2 && int.TryParse(format[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var width) ? Math.Clamp(width, 1, MaxDigits) : 1;

    private readonly record struct Hole(Variable Variable, int Width);
}
