using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Gateway.Telemetry.Prometheus;

/// <summary>Writes the tokens of both text formats as UTF-8: names, escaped texts, numbers.</summary>
internal sealed class ExpositionWriter(IBufferWriter<byte> output)
{
    /// <summary>Longest number that <see cref="Utf8Formatter"/> writes: 17 digits, sign, point, exponent.</summary>
    private const int LongestNumber = 32;

    public ExpositionWriter Raw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        return this;
    }

    /// <summary>A name that is known to be legal ASCII.</summary>
    public ExpositionWriter Name(string name)
    {
        Encoding.UTF8.GetBytes(name, output);
        return this;
    }

    /// <summary>A label's value: backslash, quote and line feed are escaped; half a surrogate pair becomes U+FFFD.</summary>
    public ExpositionWriter LabelValue(ReadOnlySpan<char> text) => Escaped(text, quotes: true);

    /// <summary>The text of a HELP line; only OpenMetrics escapes the quote there.</summary>
    public ExpositionWriter Help(ReadOnlySpan<char> text, ExpositionFormat format) => Escaped(text, quotes: format == ExpositionFormat.OpenMetrics);

    public ExpositionWriter Number(long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(LongestNumber), out var length);
        output.Advance(length);
        return this;
    }

    /// <summary>Shortest text that reads back as the same number.</summary>
    public ExpositionWriter Number(double value)
    {
        if (double.IsNaN(value)) return Raw("NaN"u8);
        if (double.IsInfinity(value)) return Raw(value > 0 ? "+Inf"u8 : "-Inf"u8);
        value.TryFormat(output.GetSpan(LongestNumber), out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        output.Advance(length);
        return this;
    }

    /// <summary>
    /// A number as OpenMetrics wants it in <c>le</c>: always with a point or an exponent. Written so in both formats, so that a rule which
    /// names a bucket finds it whatever the scrape negotiated.
    /// </summary>
    public ExpositionWriter Bound(double value)
    {
        Number(value);
        if (double.IsFinite(value) && Math.Abs(value) < 1e15 && Math.Floor(value) == value) Raw(".0"u8);
        return this;
    }

    /// <summary>Seconds since 1970 with milliseconds, as OpenMetrics writes times.</summary>
    public ExpositionWriter UnixSeconds(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        Number(milliseconds / 1000).Raw("."u8);
        Utf8Formatter.TryFormat(milliseconds % 1000, output.GetSpan(LongestNumber), out var length, new StandardFormat('D', 3));
        output.Advance(length);
        return this;
    }

    private ExpositionWriter Escaped(ReadOnlySpan<char> text, bool quotes)
    {
        while (true)
        {
            var next = quotes ? text.IndexOfAny('\\', '\n', '"') : text.IndexOfAny('\\', '\n');
            if (next < 0)
            {
                Encoding.UTF8.GetBytes(text, output);
                return this;
            }

            Encoding.UTF8.GetBytes(text[..next], output);
            Raw(text[next] switch { '\\' => "\\\\"u8, '\n' => "\\n"u8, _ => "\\\""u8 });
            text = text[(next + 1)..];
        }
    }
}
