using System.Globalization;
using TranscoderStub.JustInTime;

namespace TranscoderStub.Encoders;

/// <summary>
/// The command lines of encoders. Every encoder writes fragmented MP4 with one fragment a packet to its standard output, and begins so that after
/// <see cref="LeadIn"/> packets the next one is the first of the wanted segment, wherever in the source that is:
/// <list type="bullet">
/// <item>Picture: all frames since the key frame before the wanted moment are decoded; the fps filter puts them on the constant grid from that moment on.
/// There are no B frames, so packets come in the order in which they are shown.</item>
/// <item>Sound: the encoder hears a few frames more than are kept, so that its overlap and its choice of blocks have settled. Its delay (AAC: 1024 samples,
/// one packet; Opus: 312 samples at 48 kHz) is taken off the beginning, so that packets lie on the grid of frames exactly.</item>
/// </list>
/// Seeks are made to whole seconds where sound is concerned, and what comes before is cut off before it is resampled: a whole second is a whole number of
/// samples at every rate, so that the resampler's phase is the same wherever it begins.
/// </summary>
internal static class EncodeArguments
{
    // AAC's window spans two frames and its model of hearing looks back over about two more; Opus converges in 80 ms (RFC 7845 section 4.6).
    private const int SoundLeadIn = 6;

    /// <summary>Samples at 48 kHz by which libopus lags in its mode for music.</summary>
    public const int OpusDelay = 312;

    // Without an index a seek goes by bytes and may land behind the key frame that is needed; ten seconds is more than broadcasters' distances.
    private const int UnindexedRunUp = 10;

    private static readonly string[] s_quiet = ["-hide_banner", "-nostdin", "-loglevel", "error"];
    private static readonly string[] s_pipe = ["-f", "mp4", "-movflags", "empty_moov+default_base_moof+frag_every_frame", "-flush_packets", "1", "pipe:1"];

    /// <summary>Packets that come before the first one of the wanted segment.</summary>
    public static int LeadIn(Rendition rendition) => rendition.Codec switch
    {
        MediaCodec.H264 => 0,
        MediaCodec.Aac => SoundLeadIn + 1,
        _ => SoundLeadIn,
    };

    public static IReadOnlyList<string> For(TitlePlan plan, Rendition rendition, int segment, EncodingOptions options) => rendition.IsVideo
        ? Video(plan, rendition, segment, options)
        : Audio(plan, rendition, segment);

    /// <summary>An encoder of one frame of nothing, for the initialisation section that goes with such a rendition.</summary>
    public static IReadOnlyList<string> ForInit(TitlePlan plan, Rendition rendition, EncodingOptions options) => rendition.IsVideo
        ? [.. s_quiet, "-f", "lavfi", "-i", F($"color=s={rendition.Width}x{rendition.Height}:r={plan.FrameRate}"), "-frames:v", "1", .. VideoCodec(plan, rendition, 1, options), .. s_pipe]
        : [.. s_quiet, "-f", "lavfi", "-i", F($"anullsrc=r={rendition.SampleRate}:cl={Layout(rendition)}"), "-t", "0.1", .. AudioCodec(rendition), .. s_pipe];

    private static List<string> Video(TitlePlan plan, Rendition rendition, int segment, EncodingOptions options)
    {
        var timeline = rendition.Timeline;
        var start = (double)timeline.StartOf(segment) / timeline.Timescale;
        var seek = plan.Indexed ? start : Math.Max(0, Math.Floor(start) - UnindexedRunUp);
        var perSegment = (int)timeline.PerSegmentNumerator;

        // The last frame is held where the picture ends a little before the probe said it would.
        var filter = F($"fps={plan.FrameRate}:start_time={start - seek:0.######},scale={rendition.Width}:{rendition.Height},setsar=1,format=yuv420p,")
            + F($"tpad=stop_mode=clone:stop_duration={2 * timeline.SecondsOf(0):0.###},setpts=N");
        return
        [
            .. s_quiet, "-noaccurate_seek", "-threads", F($"{options.ThreadsOrDefault}"), .. Seek(seek), .. plan.Source.InputArguments, "-i", plan.Source.Input, "-map", F($"0:{rendition.Stream}"), "-an", "-sn", "-dn",
            "-vf", filter, "-vsync", "0", "-frames:v", F($"{timeline.Frames - timeline.FirstFrame(segment)}"), .. VideoCodec(plan, rendition, perSegment, options), .. s_pipe,
        ];
    }

    private static string[] VideoCodec(TitlePlan plan, Rendition rendition, int perSegment, EncodingOptions options)
    {
        // A segment holds at most what flows in while it lasts and what the buffer held; manifests promise no more than that, boxes included.
        var seconds = perSegment / plan.FrameRate!.Value.PerSecond;
        var flow = Math.Max(32, (rendition.Kbps - 24) * seconds / (seconds + 0.5));
        return
        [
            "-c:v", "libx264", "-threads", F($"{options.ThreadsOrDefault}"), "-preset", options.Preset, "-profile:v", "high", "-level", rendition.Level, "-bf", "0", "-crf", "22",
            "-maxrate", F($"{flow:0}k"), "-bufsize", F($"{flow / 2:0}k"),
            "-x264-params", F($"keyint={perSegment}:min-keyint={perSegment}:scenecut=0:open-gop=0:repeat-headers=1"), "-tag:v", "avc3",
            "-video_track_timescale", F($"{rendition.Timeline.Timescale}"),
            "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
        ];
    }

    private static List<string> Audio(TitlePlan plan, Rendition rendition, int segment)
    {
        var timeline = rendition.Timeline;
        var frame = timeline.FrameTicks;
        var first = ((timeline.FirstFrame(segment) - SoundLeadIn) * frame) + (rendition.Codec == MediaCodec.Opus ? OpusDelay : 0);

        // Half a second before: decoders need a few frames to settle, too, and what comes before the seek is dropped by its time.
        var seek = Math.Max(0, (first - (rendition.SampleRate / 2)) / rendition.SampleRate);
        var within = first - (seek * rendition.SampleRate);
        var filter = new List<string> { "atrim=start_pts=0", F($"aresample={rendition.SampleRate}:async=1:first_pts=0"), F($"aformat=channel_layouts={Layout(rendition)}") };
        if (rendition.AudioFilter.Length > 0) filter.Add(rendition.AudioFilter);
        filter.Add(within >= 0 ? F($"atrim=start_pts={within}") : F($"adelay=delays={-within}S:all=1"));
        filter.Add("asetpts=N/SR/TB");

        // Silence follows where the sound ends a little before the probe said it would; one segment more also brings the encoder's delay out.
        filter.Add(F($"apad=pad_dur={2 * Math.Max(1, timeline.SecondsOf(0)):0.###}"));
        return
        [
            .. s_quiet, "-noaccurate_seek", "-threads", "1", .. Seek(seek), .. plan.Source.InputArguments, "-i", plan.Source.Input, "-map", F($"0:{rendition.Stream}"), "-vn", "-sn", "-dn",
            "-af", string.Join(',', filter), .. AudioCodec(rendition), .. s_pipe,
        ];
    }

    private static string[] AudioCodec(Rendition rendition) =>
    [
        .. rendition.Codec == MediaCodec.Opus ? (string[])["-c:a", "libopus", "-frame_duration", "20", "-vbr", "on"] : ["-c:a", "aac"],
        "-b:a", F($"{rendition.Kbps * 15 / 16}k"), "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
    ];

    private static string[] Seek(double seconds) => seconds > 0 ? ["-ss", F($"{seconds:0.######}")] : [];

    private static string Layout(Rendition rendition) => rendition.Channels == 1 ? "mono" : "stereo";

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
