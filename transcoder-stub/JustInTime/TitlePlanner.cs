using System.Globalization;
using TranscoderStub.Probing;
using TranscoderStub.Sources;

namespace TranscoderStub.JustInTime;

/// <summary>Decides from a probe which renditions a title has and where their segments begin.</summary>
internal static class TitlePlanner
{
    public const string Original = "original";

    /// <summary>The steps of the seeds' real ladder (800, 1500, 4000, 8000, 40000 kbit/s).</summary>
    public static IReadOnlyList<VideoProfile> Profiles { get; } =
        [new("2160p", 2160, 40000), new("1080p", 1080, 8000), new("720p", 720, 4000), new("480p", 480, 1500), new("360p", 360, 800)];

    private static readonly int[] s_aacKbps = [256, 128, 64];
    private static readonly int[] s_opusKbps = [192, 96, 48];

    public static TitlePlan Plan(MediaSource source, MediaProbe probe, TitleSettings settings)
    {
        var pictures = settings.Format is "cmaf" or "ts" && probe.Video is { } video ? Pictures(video, settings) : [];
        var sounds = probe.Audio is { } audio ? Sounds(audio, settings, pictures.FirstOrDefault()) : [];
        if (pictures.Count + sounds.Count == 0) throw new TranscodeException(422, "TRANSCODER_NO_SOUND", "The source has no sound, and 'format' asks for nothing else.");
        List<Rendition> all = [.. pictures, .. sounds];
        return new TitlePlan(source, probe.Indexed, all.Max(r => r.Timeline.TotalSeconds), pictures.Count > 0 ? probe.Video!.Rate : null, all, settings);
    }

    private static List<Rendition> Pictures(VideoProbe video, TitleSettings settings)
    {
        var rate = video.Rate;
        var timescale = 90000L * rate.Denominator % rate.Numerator == 0 ? 90000 : rate.Numerator;
        var frameTicks = (int)((long)timescale * rate.Denominator / rate.Numerator);
        var frames = Math.Max(1, (long)Math.Round(video.Seconds * rate.PerSecond));
        var perSegment = Math.Max(1, (long)Math.Round(settings.SegmentSeconds * rate.PerSecond));
        var timeline = new TrackTimeline((uint)timescale, frameTicks, frames, perSegment, 1);

        // Portrait is as many lines as its narrow side has: a turned telephone film of 1080x1920 is 1080p.
        var lines = Math.Min(video.Width, video.Height);
        var steps = Profiles.Where(p => p.Height <= lines).ToList();
        if (steps.Count == 0) steps.Add(Profiles[^1] with { Name = string.Create(CultureInfo.InvariantCulture, $"{lines}p"), Height = lines });
        return steps.ConvertAll(step =>
        {
            var (width, height) = (Even(video.Width * (double)step.Height / lines), Even(video.Height * (double)step.Height / lines));
            var level = LevelFor(width, height, rate.PerSecond);
            return new Rendition
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"v{step.Height}"),
                Codec = MediaCodec.H264,
                Stream = video.Index,
                Kbps = step.Kbps,
                Timeline = timeline,
                CodecName = string.Create(CultureInfo.InvariantCulture, $"{(settings.Format == "ts" ? "avc1" : "avc3")}.6400{level:X2}"),
                Container = settings.Container,
                Width = width,
                Height = height,
                Level = string.Create(CultureInfo.InvariantCulture, $"{level / 10}.{level % 10}"),
            };
        });
    }

    private static List<Rendition> Sounds(AudioProbe audio, TitleSettings settings, Rendition? picture)
    {
        var opus = settings.Format is "opus" or "webm";
        var rate = !opus && audio.SampleRate % 11025 == 0 ? 44100 : 48000;
        var frame = opus ? 960 : 1024;
        var frames = Math.Max(1, (long)Math.Ceiling(audio.Seconds * rate / frame));

        // Beside a picture sound is cut where the picture is; alone, at even times.
        var (above, below) = picture is null
            ? ((long)Math.Round(settings.SegmentSeconds * 1000) * rate, 1000L * frame)
            : (picture.Timeline.PerSegmentNumerator * picture.Timeline.FrameTicks * rate, picture.Timeline.Timescale * (long)frame);
        var timeline = new TrackTimeline((uint)rate, frame, frames, above, below);

        // One sound goes with every picture; sound alone has a ladder of its own.
        var rates = (opus ? s_opusKbps : s_aacKbps).AsEnumerable();
        if (picture is not null) rates = [128];
        if (settings.Format == "webm") rates = [192];
        return [.. rates.Select(kbps => new Rendition
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"a{kbps}"), Codec = opus ? MediaCodec.Opus : MediaCodec.Aac, Stream = audio.Index, Kbps = kbps, Timeline = timeline,
            CodecName = opus ? "opus" : "mp4a.40.2", SampleRate = rate, Channels = Math.Min(2, audio.Channels), AudioFilter = Enhancements.Filter(settings),
            Container = settings.Container, OverlapFrames = (int)Math.Round(settings.OverlapSeconds * rate / frame),
        })];
    }

    private static int Even(double side) => Math.Max(2, (int)Math.Round(side / 2) * 2);

    /// <summary>The lowest level (times ten) whose frame size and macroblock rate suffice: ITU-T H.264 table A-1.</summary>
    private static int LevelFor(int width, int height, double rate)
    {
        var blocks = (width + 15) / 16 * ((height + 15) / 16);
        ReadOnlySpan<(int Level, int Blocks, int PerSecond)> table =
            [(30, 1620, 40500), (31, 3600, 108000), (32, 5120, 216000), (40, 8192, 245760), (42, 8704, 522240), (50, 22080, 589824), (51, 36864, 983040), (52, 36864, 2073600)];
        foreach (var (level, most, perSecond) in table)
        {
            if (blocks <= most && blocks * rate <= perSecond) return level;
        }

        return 52;
    }
}
