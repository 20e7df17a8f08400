using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using TranscoderStub.Live;
using TranscoderStub.Titles;

namespace TranscoderStub.LowLatency;

/// <summary>A CMAF title as an endless low-latency HLS broadcast under the name <c>{title}-ll</c>.</summary>
internal sealed class LowLatencyTitle
{
    private readonly TimeSpan _partHoldBack;
    private readonly TimeSpan _partTarget;

    private LowLatencyTitle(Title title, MediaFile master, LoopClock clock, FrozenDictionary<string, PartedTrack> tracks, TimeSpan partHoldBack)
    {
        Title = title;
        Master = master;
        Clock = clock;
        Tracks = tracks;
        TargetDuration = tracks.Values.Max(t => t.Track.TargetDuration);
        _partHoldBack = partHoldBack;
        _partTarget = tracks.Values.Max(t => t.Longest);
    }

    public Title Title { get; }

    public MediaFile Master { get; }

    public LoopClock Clock { get; }

    public FrozenDictionary<string, PartedTrack> Tracks { get; }

    /// <summary>Seconds.</summary>
    public int TargetDuration { get; }

    // §6.2.5.2: asking for more than about three seconds of parts ahead is an error.
    public int AdvancePartLimit => (int)Math.Ceiling(3 / _partTarget.TotalSeconds);

    /// <summary>Null where there are no fragments to make parts of.</summary>
    /// <exception cref="StartRefusedException">The fragments cannot be read.</exception>
    public static LowLatencyTitle? Of(LiveTitle live, LowLatencyOptions options)
    {
        if (live.Tracks.Values.Any(t => t.Init is null)) return null;
        var stored = live.Title.MediaId[..^LiveTitle.Suffix.Length];
        var clock = live.Clock with { WindowSegments = options.WindowSegments };
        try
        {
            var tracks = live.Tracks.ToFrozenDictionary(t => t.Key, t => new PartedTrack(t.Value, clock), StringComparer.Ordinal);
            var title = new Title($"{stored}-ll", $"{live.Title.Name}, low latency", $"/{stored}-ll/master.m3u8", Dash: null, Direct: null, Live: true);
            return new LowLatencyTitle(title, live.Master, clock, tracks, options.PartHoldBack);
        }
        catch (InvalidDataException e)
        {
            throw new StartRefusedException($"Title '{stored}' cannot be cut into parts: {e.Message}");
        }
    }

    /// <summary>The media playlist of a rendition at a moment; <paramref name="skip"/>: as a delta update, where there is enough to leave out.</summary>
    public string Playlist(string rendition, DateTimeOffset now, bool skip)
    {
        var track = Tracks[rendition];
        var next = track.Next(now);
        var oldest = Math.Max(0, next.Segment - Clock.WindowSegments);
        var text = new StringBuilder();
        var write = CultureInfo.InvariantCulture;
        text.Append(write, $"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{TargetDuration}\n");
        text.Append(write, $"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={TargetDuration * 6}.0,");
        text.Append(write, $"HOLD-BACK={TargetDuration * 3}.0,PART-HOLD-BACK={_partHoldBack.TotalSeconds:0.0##}\n");
        text.Append(write, $"#EXT-X-PART-INF:PART-TARGET={SecondsUp(_partTarget)}\n");
        text.Append(write, $"#EXT-X-MEDIA-SEQUENCE:{oldest}\n#EXT-X-DISCONTINUITY-SEQUENCE:{Clock.BreaksRemoved(oldest)}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        text.Append(write, $"#EXT-X-MAP:URI=\"{track.Track.Map}\"\n");

        // Only segments that lie before the skip boundary, six target durations from the end, may be left out (§4.4.5.2).
        var first = skip ? Math.Max(oldest, next.Segment - DivideUp(TargetDuration * 6 * TimeSpan.TicksPerSecond, Clock.SegmentDuration.Ticks)) : oldest;
        if (first > oldest) text.Append(write, $"#EXT-X-SKIP:SKIPPED-SEGMENTS={first - oldest}\n");
        for (var n = first; n <= next.Segment; n++) AppendSegment(text, track, n, next);

        text.Append(write, $"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{PartedTrack.NameOf(next)}\"\n");
        foreach (var (folder, other) in Tracks.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            if (folder == rendition) continue;
            var last = other.Last(now);
            text.Append(write, $"#EXT-X-RENDITION-REPORT:URI=\"../{folder}/index.m3u8\",LAST-MSN={last.Segment},LAST-PART={last.Part}\n");
        }

        return text.ToString();
    }

    private void AppendSegment(StringBuilder text, PartedTrack track, long n, PartPosition next)
    {
        var write = CultureInfo.InvariantCulture;
        var complete = n < next.Segment;
        if (!complete && next.Part == 0) return;

        if (Clock.BreaksBefore(n)) text.Append("#EXT-X-DISCONTINUITY\n");
        text.Append(write, $"#EXT-X-PROGRAM-DATE-TIME:{Clock.StartOf(n).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\n");

        // §4.4.4.9: parts further than three target durations from the end serve nobody and should go.
        if (n >= next.Segment - 3)
        {
            for (var part = 0; part < (complete ? track.PartsOf(n) : next.Part); part++)
            {
                var position = new PartPosition(n, part);
                text.Append(write, $"#EXT-X-PART:DURATION={SecondsUp(track.DurationOf(position))},URI=\"{PartedTrack.NameOf(position)}\"");
                text.Append(track.IsIndependent(position) ? ",INDEPENDENT=YES\n" : "\n");
            }
        }

        if (complete) text.Append(write, $"#EXTINF:{track.Track.SecondsOf(n)},\n{track.Track.NameOf(n)}\n");
    }

    // Rounded up to a microsecond, so that no part is ever longer than the part target.
    private static string SecondsUp(TimeSpan duration) => (DivideUp(duration.Ticks, 10) / 1_000_000m).ToString("0.000###", CultureInfo.InvariantCulture);

    private static long DivideUp(long a, long b) => (a + b - 1) / b;
}
