using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Adaptation;

/// <summary>
/// What a trusted proxy tells of its own connection to the client, as a list of <c>name=value</c> with semicolons between them: <c>rate</c> in kbit/s, <c>rtt</c> in milliseconds or <c>rtt_us</c> in microseconds, <c>cwnd</c> in packets
/// and <c>mss</c> in bytes, of which a rate follows, and <c>stream=1</c> where it takes bodies no faster than its client does.
/// </summary>
/// <param name="Kbps">Rate of the client's connection; 0 = not told.</param>
/// <param name="Rtt">Round-trip time; zero = not told.</param>
/// <param name="IsStreamed">It takes bodies no faster than its client.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProxiedLine(double Kbps, TimeSpan Rtt, bool IsStreamed)
{
    private const int MostLetters = 256;
    private const double UsualSegment = 1448;

    /// <summary>Reads the field; what cannot be read counts as not told.</summary>
    public static ProxiedLine Of(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MostLetters) return default;
        double rate = 0, rtt = 0, cwnd = 0, mss = UsualSegment;
        var streamed = false;
        foreach (var range in text.AsSpan().Split(';'))
        {
            var part = text.AsSpan()[range].Trim();
            var equals = part.IndexOf('=');
            if (equals < 0 || !double.TryParse(part[(equals + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) continue;
            switch (part[..equals])
            {
                case "rate": rate = value; break;
                case "rtt": rtt = value; break;
                case "rtt_us": rtt = value / 1000; break;
                case "cwnd": cwnd = value; break;
                case "mss" when value > 0: mss = value; break;
                case "stream": streamed = value > 0; break;
            }
        }

        rtt = Math.Clamp(rtt, 0, 60_000);
        if (rate <= 0 && cwnd > 0 && rtt > 0) rate = cwnd * mss * 8 / rtt;
        return new ProxiedLine(Math.Clamp(rate, 0, 1e8), TimeSpan.FromMilliseconds(rtt), streamed);
    }
}
