using System.Globalization;
using TranscoderStub.Packaging;

namespace TranscoderStub.JustInTime;

/// <summary>What an asker chooses about a title, checked and normalised: whoever chooses the same shares everything that is made.</summary>
/// <param name="Format"><c>cmaf</c>, <c>ts</c> (MPEG-TS), <c>opus</c> (CMAF with Opus) or <c>webm</c> (chunks of Opus in WebM).</param>
/// <param name="SegmentSeconds">Nominal length of segments: from one's beginning to the next one's.</param>
/// <param name="OverlapSeconds">How much longer each is, by repeating what the next one begins with.</param>
/// <param name="Enhancement">Name of an enhancement; empty without one.</param>
/// <param name="Intensity">0 to 1, in thousandths, by steps of 50.</param>
internal sealed record TitleSettings(string Format, double SegmentSeconds, double OverlapSeconds, string Enhancement, int Intensity)
{
    /// <summary>Steps of the intensity: each is 0.3 dB at most, which nobody hears, and each has an encoder run of its own.</summary>
    private const int Steps = 20;

    public static TitleSettings Of(StartRequestSettings wanted, JustInTimeOptions options)
    {
        var format = wanted.Format ?? "cmaf";
        if (format is not ("cmaf" or "opus" or "webm" or "ts")) throw TranscodeException.Wrong("'format' is one of cmaf, ts, opus and webm.");
        if (wanted.SegmentSec is { } asked && !(asked is >= 1 and <= 60)) throw TranscodeException.Wrong("'segmentSec' lies between 1 and 60.");
        // What an asker chooses, in tenths: each length has encoders of its own. The operator's is as it is.
        var seconds = wanted.SegmentSec is { } length ? Math.Round(length, 1) : Math.Round(format == "webm" ? options.ChunkSeconds : options.SegmentSeconds, 3);
        var overlap = Math.Round(wanted.OverlapSec ?? 0, 1);
        if (!(overlap >= 0 && overlap <= seconds) || (overlap > 0 && format != "webm")) throw TranscodeException.Wrong("'overlapSec' goes with the format webm, and lies between 0 and the length of a chunk.");
        var preset = wanted.Preset ?? Enhancements.Default;
        if (!Enhancements.IsKnown(preset)) throw TranscodeException.Wrong($"'preset' is one of {string.Join(", ", Enhancements.Names)}.");
        var intensity = wanted.Intensity ?? 1;
        if (!(intensity is >= 0 and <= 1)) throw TranscodeException.Wrong("'intensity' lies between 0 and 1.");
        var step = wanted.Enhanced == true ? (int)Math.Round(intensity * Steps, MidpointRounding.AwayFromZero) : 0;
        return new TitleSettings(format, seconds, overlap, step > 0 ? preset : "", step * 1000 / Steps);
    }

    /// <summary>The settings as text, for keys.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Format}-{SegmentSeconds}-{Enhancement}-{Intensity}{(OverlapSeconds > 0 ? $"-{OverlapSeconds}" : "")}");

    public SegmentContainer Container => Format switch
    {
        "webm" => SegmentContainer.WebM,
        "ts" => SegmentContainer.TransportStream,
        _ => SegmentContainer.Cmaf,
    };
}
