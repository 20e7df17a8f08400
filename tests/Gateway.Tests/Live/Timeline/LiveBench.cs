using System.Text;
using Gateway.Live.Timeline;
using Gateway.Testing;

namespace Gateway.Tests.Live.Timeline;

/// <summary>A live timeline with its own clock, and a judge who sees every version of its playlist.</summary>
internal sealed class LiveBench
{
    public static readonly DateTimeOffset Begin = new(2026, 5, 1, 20, 0, 0, TimeSpan.Zero);

    public LiveBench(TimelineOptions? options = null)
    {
        Timeline = new LiveTimeline(options ?? new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10)), Begin);
        OneByOne = new LiveTimeline(Timeline.Options, Begin);
        Judge.Take(Text());
    }

    public LiveTimeline Timeline { get; }

    public LivePlaylistJudge Judge { get; } = new();

    /// <summary>The same timeline, told of each missing chunk by a record of its own.</summary>
    public LiveTimeline OneByOne { get; }

    public DateTimeOffset Now { get; private set; } = Begin;

    public string Text(PlaylistRequest? request = null) => Encoding.ASCII.GetString(PlaylistWriter.Write(Timeline, request ?? PlaylistRequest.Whole, Now));

    public LiveBench Later(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        while (Timeline.Due(Now) is { } due) Take(due);
        return this;
    }

    public LiveBench Accept(int index, double seconds = 5) => Take(new LiveRecord(LiveRecordKind.Accepted, Now, index) { Chunk = new AcceptedChunk(1000 + index, (UInt128)index, seconds) });

    public LiveBench Make(int index, double seconds = 5, string init = "a") => Take(new LiveRecord(LiveRecordKind.Made, Now, index) { Segment = Segment(seconds, init) });

    public LiveBench Fail(int index) => Take(new LiveRecord(LiveRecordKind.Failed, Now, index) { Reason = "broken" });

    public LiveBench End() => Take(new LiveRecord(LiveRecordKind.Ended, Now) { Reason = LiveTimeline.EndedByUploader });

    public LiveBench Take(LiveRecord record)
    {
        var before = Text();
        var version = Timeline.Version;
        var isChanged = Timeline.Apply(record);
        for (var index = record.Index; index <= Math.Max(record.Index, Math.Min(record.Through, 1000)); index++) OneByOne.Apply(record with { Index = index, Through = -1 });
        Assert.Equal(isChanged, !string.Equals(before, Text(), StringComparison.Ordinal));
        Assert.Equal(isChanged, Timeline.Version > version);
        Judge.Take(Text());
        return this;
    }

    /// <summary>Picture at 90 kHz, and sound at 48 kHz that begins as much later and ends as much later as the frames of a recording that was cut at pictures do.</summary>
    public static MadeSegment Segment(double seconds, string init = "a", double soundFrom = 0, double? soundSeconds = null) => new(
        init,
        [
            new MadeTrack(1, 90_000, 0, (long)Math.Round(seconds * 90_000), 3_000),
            new MadeTrack(2, 48_000, (long)Math.Round(soundFrom * 48_000), (long)Math.Round((soundSeconds ?? seconds) * 48_000), 1_024),
        ]);
}
