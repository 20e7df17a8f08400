using Gateway.Live.Timeline;

namespace Gateway.Tests.Live.Timeline;

public sealed class LiveTimelineTests
{
    [Fact]
    public void Segments_FinishedOutOfOrder_AreListedInOrder()
    {
        var bench = new LiveBench().Accept(0).Accept(1).Accept(2).Make(2);
        Assert.Empty(bench.Timeline.Entries);
        Assert.Single(bench.Make(0).Timeline.Entries);
        Assert.Equal([0, 1, 2], bench.Make(1).Timeline.Entries.Select(e => e.Index));
    }

    [Fact]
    public void Chunk_ThatNeverCame_BecomesAGapAfterItsGrace()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(1).Make(1).Accept(3, 4.8).Make(3, 4.8);
        Assert.Equal(2, bench.Later(14.9).Timeline.Entries.Count);
        Assert.Equal(bench.Now + TimeSpan.FromSeconds(0.1), bench.Timeline.DueAt());
        bench.Later(0.1);
        Assert.Equal([false, false, true, false], bench.Timeline.Entries.Select(e => e.IsGap));
        Assert.Equal(1, bench.Judge.Gaps);
        // A chunk that comes afterwards is remembered and changes nothing.
        bench.Accept(2).Make(2);
        Assert.True(bench.Timeline.Entries[2].IsGap);
        Assert.Equal(1002, bench.Timeline.ChunkAt(2)?.Length);
    }

    [Fact]
    public void Chunks_MissingInARow_AreOneRecord()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(500).Make(500).Accept(502).Make(502);
        Assert.Equal(new LiveRecord(LiveRecordKind.Missed, bench.Now.AddSeconds(15), 1) { Through = 499 }, bench.Timeline.Due(bench.Now.AddSeconds(15)));
        bench.Later(15);
        Assert.Equal(503, bench.Timeline.Entries.Count);
        Assert.Equal(500, bench.Judge.Gaps);
    }

    /// <summary>On another node a chunk may come while the record of its run is being written.</summary>
    [Fact]
    public void Chunk_ThatIsInTheJournalBeforeItsRun_IsNotMissed()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(5).Make(5);
        var due = bench.Timeline.Due(bench.Now.AddSeconds(15));
        bench.Accept(3).Take(due!);
        Assert.Equal(3, bench.Timeline.Entries.Count);
        bench.Make(3);
        Assert.Equal([false, true, true, false, true, false], bench.Timeline.Entries.Select(e => e.IsGap));
    }

    [Fact]
    public void Run_BeyondTheEnd_EndsThere()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(2).Make(2).End();
        bench.Take(new LiveRecord(LiveRecordKind.Missed, bench.Now, 1) { Through = int.MaxValue });
        Assert.Equal(3, bench.Timeline.Entries.Count);
        Assert.True(bench.Judge.HasEnded);
    }

    [Fact]
    public void Chunk_ThatFailed_IsAGapOfItsOwnLength()
    {
        var bench = new LiveBench().Accept(0, 3.2).Fail(0).Accept(1).Make(1);
        Assert.Equal((true, 3.2, 0.0), (bench.Timeline.Entries[0].IsGap, bench.Timeline.Entries[0].Seconds, bench.Timeline.Entries[0].Start));
        Assert.Equal(3.2, bench.Timeline.Entries[1].Start, 6);
        Assert.Equal(288_000, bench.Timeline.Entries[1].Shifts[0].Ticks);
    }

    [Fact]
    public void End_WhileChunksAreInTheMaking_IsListedAfterThem()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(1).End();
        Assert.False(bench.Judge.HasEnded);
        Assert.True(bench.Make(1).Judge.HasEnded);
        Assert.True(bench.Accept(2).Make(2).Later(1000).Judge.HasEnded);
        Assert.Equal(2, bench.Timeline.Entries.Count);
        Assert.False(bench.Timeline.MayBeListed(2));
        Assert.Null(bench.Timeline.DueAt());
    }

    [Fact]
    public void LateChunk_ForAHoleThatIsStillOpen_FillsItAfterTheEnd()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(2).Make(2).End().Later(10);
        Assert.False(bench.Judge.HasEnded);
        bench.Accept(1).Make(1);
        Assert.True(bench.Judge.HasEnded);
        Assert.Equal(0, bench.Judge.Gaps);
    }

    [Fact]
    public void Session_WithoutAChunk_EndsWhenIdleAndHasItsEndAlone()
    {
        var bench = new LiveBench().Later(599);
        Assert.False(bench.Judge.HasEnded);
        Assert.True(bench.Later(1).Judge.HasEnded);
        Assert.Equal(bench.Now, bench.Timeline.EndedAt);
    }

    [Fact]
    public void IdleTime_WhileAChunkIsInTheMaking_EndsNothing()
    {
        var bench = new LiveBench().Accept(0).Later(3600);
        Assert.Null(bench.Timeline.EndedAt);
        Assert.True(bench.Make(0).Later(0).Judge.HasEnded);
    }

    [Fact]
    public void Configuration_ThatChanges_IsADiscontinuityWithAMapOfItsOwn()
    {
        var bench = new LiveBench().Accept(0).Make(0).Accept(1).Make(1, init: "b").Accept(2).Make(2, init: "b").Accept(3).Fail(3).Accept(4).Make(4, init: "b").Accept(5).Make(5);
        Assert.Equal([false, true, false, false, false, true], bench.Timeline.Entries.Select(e => e.IsDiscontinuous));
        Assert.Equal(["#EXT-X-MAP:URI=\"init_a.mp4\"", "#EXT-X-MAP:URI=\"init_b.mp4\"", "#EXT-X-MAP:URI=\"init_a.mp4\""], bench.Text().Split('\n').Where(l => l.StartsWith("#EXT-X-MAP", StringComparison.Ordinal)));
        Assert.Equal(2, bench.Text().Split('\n').Count(l => l == "#EXT-X-DISCONTINUITY"));
    }

    [Fact]
    public void SlidingWindow_AsItMoves_CountsWhatHasLeft()
    {
        var bench = new LiveBench(new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30)));
        for (var i = 0; i < 40; i++) bench.Accept(i).Make(i, init: i < 20 ? "a" : "b");
        Assert.Equal(34, bench.Timeline.Removed);
        Assert.Equal(6, bench.Timeline.Entries.Count);
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:34\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n", bench.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("PLAYLIST-TYPE", bench.Text(), StringComparison.Ordinal);
        Assert.True(bench.Timeline.IsForgotten(3));
    }

    [Fact]
    public void Entry_ThatHasLeftTheWindow_IsKnownForAsLongAsTheWindowIsWide()
    {
        var bench = new LiveBench(new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30)));
        for (var i = 0; i < 40; i++) bench.Accept(i).Make(i);
        Assert.Equal(Enumerable.Range(28, 12), Enumerable.Range(0, 50).Where(i => bench.Timeline.EntryAt(i) is not null));
        Assert.All(Enumerable.Range(28, 12), i => Assert.Equal((i, i * 450_000L), (bench.Timeline.EntryAt(i)!.Index, bench.Timeline.EntryAt(i)!.Shifts[0].Ticks)));
    }

    [Fact]
    public void SlidingWindow_BeforeADiscontinuityLeaves_HasItsSequenceAlready()
    {
        var bench = new LiveBench(new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30))).Accept(0).Make(0).Accept(1).Make(1, init: "b");
        Assert.Contains("#EXT-X-DISCONTINUITY-SEQUENCE:0\n", bench.Text(), StringComparison.Ordinal);
        Assert.Contains("#EXT-X-DISCONTINUITY\n", bench.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_CutWhereItsFramesEnd_StaysInOnePieceAndNeverDrifts()
    {
        // 5 s of picture; sound begins and ends with the first frame behind each cut, as a recording that was cut has it.
        var bench = new LiveBench();
        long soundEnd = 0;
        for (var i = 0; i < 2000; i++)
        {
            var from = (long)Math.Ceiling(i * 5 * 48_000 / 1024.0) * 1024;
            var to = (long)Math.Ceiling((i + 1) * 5 * 48_000 / 1024.0) * 1024;
            var offset = from - (i * 5L * 48_000);
            var segment = new MadeSegment("a", [new MadeTrack(1, 90_000, 0, 450_000, 3_000), new MadeTrack(2, 48_000, offset, to - from, 1_024)]);
            bench.Timeline.Apply(new LiveRecord(LiveRecordKind.Accepted, bench.Now, i));
            bench.Timeline.Apply(new LiveRecord(LiveRecordKind.Made, bench.Now, i) { Segment = segment });
            var shifts = bench.Timeline.Entries[i].Shifts;
            Assert.Equal(i * 450_000L, shifts[0].Ticks);
            Assert.Equal(soundEnd, offset + shifts[1].Ticks);
            soundEnd = to;
        }
    }

    [Fact]
    public void Sound_ThatBeginsBeforeThePicture_BeginsAtZero()
    {
        var bench = new LiveBench().Accept(0);
        bench.Take(new LiveRecord(LiveRecordKind.Made, bench.Now, 0) { Segment = new MadeSegment("a", [new MadeTrack(1, 90_000, 9_000, 450_000, 3_000), new MadeTrack(2, 48_000, 0, 240_000, 1_024)]) });
        Assert.Equal([0L, 0L], bench.Timeline.Entries[0].Shifts.Select(s => s.Ticks));
    }
}
