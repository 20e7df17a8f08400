using System.Globalization;

namespace TranscoderStub.Probing;

/// <summary>Frames per second as a fraction.</summary>
internal readonly record struct FrameRate(int Numerator, int Denominator)
{
    // What screens and cameras use, in rising order. Anything else (variable rates, time lapses) is shown at the next of these.
    private static readonly FrameRate[] s_usual =
        [new(10, 1), new(12, 1), new(15, 1), new(24000, 1001), new(24, 1), new(25, 1), new(30000, 1001), new(30, 1), new(50, 1), new(60000, 1001), new(60, 1)];

    public double PerSecond => (double)Numerator / Denominator;

    /// <summary>The constant rate at which a source of some average rate is encoded: the usual one that it has within 0.05 %, else the next higher one.</summary>
    public static FrameRate For(double average)
    {
        foreach (var usual in s_usual)
        {
            if (Math.Abs(average - usual.PerSecond) < usual.PerSecond * 0.0005) return usual;
        }

        foreach (var usual in s_usual)
        {
            if (average < usual.PerSecond) return usual;
        }

        return s_usual[^1];
    }

    /// <summary>Reads ffprobe's <c>30000/1001</c>; 0 where it says nothing.</summary>
    public static double Parse(string? text)
    {
        if (text?.Split('/') is not [var above, var below]) return 0;
        return double.TryParse(above, CultureInfo.InvariantCulture, out var n) && double.TryParse(below, CultureInfo.InvariantCulture, out var d) && d > 0 ? n / d : 0;
    }

    public override string ToString() => Denominator == 1
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
