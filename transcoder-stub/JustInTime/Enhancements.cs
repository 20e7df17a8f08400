using System.Collections.Frozen;
using System.Globalization;

namespace TranscoderStub.JustInTime;

/// <summary>
/// Named changes of the sound: shelves for low and high tones, scaled by the intensity. Only filters with a short memory, so that a chunk that is made
/// alone sounds as if all had been made in one go.
/// </summary>
internal static class Enhancements
{
    public const string Default = "adaptive";

    // Gain in dB below 110 Hz and above 6 kHz at full intensity, chosen by ear-independent rule: no more than 6 dB, and no preset equal to another.
    private static readonly FrozenDictionary<string, (double Bass, double Treble)> s_presets = new Dictionary<string, (double, double)>(StringComparer.Ordinal)
    {
        ["adaptive"] = (2, 2),
        ["gentle"] = (1, 1),
        ["warm"] = (4, -1),
        ["bright"] = (-1, 4),
        ["punchy"] = (5, 3),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => s_presets.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string name) => s_presets.ContainsKey(name);

    public static string Filter(TitleSettings settings)
    {
        if (settings.Enhancement.Length == 0) return "";
        var (bass, treble) = s_presets[settings.Enhancement];
        var share = settings.Intensity / 1000d;
        return string.Create(CultureInfo.InvariantCulture, $"bass=g={bass * share:0.###}:f=110,treble=g={treble * share:0.###}:f=6000,alimiter=limit=0.98:level=0:attack=1:release=10");
    }
}
