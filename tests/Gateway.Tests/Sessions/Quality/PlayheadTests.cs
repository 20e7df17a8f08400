using Gateway.Adaptation;
using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

public sealed class PlayheadTests
{
    private readonly Playhead _head = new(TimeSpan.FromSeconds(10), 2);
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(6, 2)]
    [InlineData(30, 1)]
    public void Asked_EnoughMedia_TurnsBufferingToPlaying(int segmentSeconds, int segments)
    {
        for (var i = 0; i < segments; i++)
        {
            Assert.Equal(PlaybackState.Buffering, _head.Snapshot.State);
            Ask(i * segmentSeconds, segmentSeconds);
        }

        Assert.Equal(PlaybackState.Playing, _head.Snapshot.State);
    }

    /// <summary>A player that waits for its first media tells the rate 0, as one that a viewer has paused does.</summary>
    [Theory]
    [InlineData("ot=v,d=2000,pr=0,su", "Buffering")]
    [InlineData("ot=v,d=2000,pr=0", "Paused")]
    public void Asked_WithoutMovement_IsBufferingAtTheStartAndPausedLater(string cmcd, string state)
    {
        _head.Asked(CmcdReader.Read(cmcd), TimeSpan.Zero, TimeSpan.FromSeconds(2), _now);
        Assert.Equal(state, _head.Snapshot.State.ToString());
    }

    [Fact]
    public void Heartbeat_AfterMediaRequests_SetsPositionAndState()
    {
        Ask(0, 2);
        Ask(2, 2);
        _head.Heartbeat(1, isPlaying: false, 4, _now);
        Assert.Equal(PlaybackState.Paused, _head.Snapshot.State);
        Ask(4, 2);
        Assert.Equal(PlaybackState.Paused, _head.Snapshot.State);
        _head.Heartbeat(1, isPlaying: true, 6, _now);
        Assert.Equal(PlaybackState.Playing, _head.Snapshot.State);
        _head.Heartbeat(6, isPlaying: true, 6, _now);
        Assert.Equal(PlaybackState.Buffering, _head.Snapshot.State);
    }

    [Fact]
    public void Asked_WithoutHeartbeats_MovesTheShownPositionByWhatIsAskedForAndSeeksToo()
    {
        Assert.Equal(0, _head.Snapshot.ShownSec);
        Ask(0, 2);
        Ask(2, 2);
        Assert.Equal(2, _head.Snapshot.ShownSec);
        _head.Asked(new CmcdReport { ObjectType = "v", BufferMs = 12_500 }, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(2), _now);
        Assert.Equal(587.5, _head.Snapshot.ShownSec);
        _head.Asked(new CmcdReport { ObjectType = "a", BufferMs = 0 }, TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(2), _now);
        Assert.Equal(587.5, _head.Snapshot.ShownSec);
        Assert.Equal(0, _head.Snapshot.PositionSec);
        _head.Heartbeat(40, isPlaying: true, 50, _now);
        Ask(610, 2);
        Assert.Equal(40, _head.Snapshot.ShownSec);
    }

    /// <summary>A player whose heartbeats went to a node that died: what it asks for at this one is ahead of where it is, or from its beginning again.</summary>
    [Fact]
    public void Place_KnownByAnotherNode_IsNotMovedByWhatIsAskedForHere()
    {
        _head.Place(7.5, isPlaying: true, _now, isElsewhere: true);
        Ask(0, 2);
        Assert.Equal(7.5, _head.Snapshot.ShownSec);
    }

    [Fact]
    public void Place_OlderThanTheLastHeartbeat_IsIgnoredWhileANewerOneHolds()
    {
        _head.Heartbeat(20, isPlaying: true, 30, _now);
        _head.Place(7, isPlaying: false, _now - TimeSpan.FromSeconds(1));
        Assert.Equal((20, true, _now), (_head.Snapshot.PositionSec, _head.Snapshot.IsPlaying, _head.Snapshot.PositionAt));
        _head.Place(7, isPlaying: false, _now + TimeSpan.FromSeconds(1));
        Assert.Equal((7, false), (_head.Snapshot.PositionSec, _head.Snapshot.IsPlaying));
    }

    [Fact]
    public void Heartbeat_SecondsWatched_AreCountedAndSeeksAreNot()
    {
        _head.Heartbeat(0, true, 10, _now);
        Wait(15);
        Assert.Equal(TimeSpan.FromSeconds(15), _head.Heartbeat(15, true, 30, _now).Watched);
        Wait(15);
        Assert.Equal(TimeSpan.Zero, _head.Heartbeat(600, true, 610, _now).Watched);
        Wait(15);
        Assert.Equal(TimeSpan.Zero, _head.Heartbeat(10, true, 610, _now).Watched);
        Assert.Equal(TimeSpan.FromSeconds(15), _head.Snapshot.Watched);
    }

    [Fact]
    public void Asked_OtherBitrate_IsASwitch()
    {
        Assert.Equal(0, Ask(0, 2, 800).SwitchedFromKbps);
        var change = Ask(2, 2, 2500);
        Assert.Equal((800, 2500), (change.SwitchedFromKbps, change.SwitchedToKbps));
        Ask(4, 2, 2500);
        Assert.Equal(1, _head.Snapshot.QualitySwitches);
        Assert.Equal(2500, _head.Snapshot.BitrateKbps);
    }

    [Fact]
    public void Asked_StarvedOnTheNextSegment_IsAStallElsewhereASeek()
    {
        Ask(0, 2, 800);
        Ask(2, 2, 800);
        Wait(10);
        Assert.Equal(StallSign.Nothing, _head.Asked(Report(800, starved: true), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2), _now).Stall);
        Wait(10);
        Assert.Equal(StallSign.Passed, _head.Asked(Report(800, starved: true), TimeSpan.FromSeconds(62), TimeSpan.FromSeconds(2), _now).Stall);
        Assert.Equal(1, _head.Snapshot.Stalls);
    }

    [Fact]
    public void Asked_StarvedOnTheSameSegmentInASmallerRendition_IsAStall()
    {
        Ask(0, 4, 5000);
        Ask(4, 4, 5000);
        Wait(10);
        Assert.Equal(StallSign.Passed, _head.Asked(Report(800, starved: true), TimeSpan.FromSeconds(4.02), TimeSpan.FromSeconds(4), _now).Stall);
    }

    [Fact]
    public void Stall_ToldByClientAndCmcd_IsOne()
    {
        Ask(0, 2, 800);
        Wait(5);
        Assert.Equal(StallSign.Passed, _head.Asked(Report(800, starved: true), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), _now).Stall);
        Wait(1);
        Assert.False(_head.StallReported(_now));
        Wait(30);
        Assert.True(_head.StallReported(_now));
        Wait(1);
        Assert.Equal(StallSign.Nothing, _head.Asked(Report(800, starved: true), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), _now).Stall);
        Assert.Equal(2, _head.Snapshot.Stalls);
    }

    [Fact]
    public void StallEnd_OfAStallThatCmcdHasTimed_AddsOnlyWhatWasMissing()
    {
        var buffered = new CmcdReport { ObjectType = "v", BitrateKbps = 800, BufferMs = 1000 };
        _head.Asked(buffered, TimeSpan.Zero, TimeSpan.FromSeconds(2), _now);
        Wait(5);
        var estimate = _head.Asked(Report(800, starved: true), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), _now).Stalled;
        Assert.True(estimate > TimeSpan.Zero);
        _head.StallReported(_now);
        Assert.Equal(TimeSpan.FromSeconds(0.5), _head.StallEndReported(estimate + TimeSpan.FromSeconds(0.5), Age));
        Assert.Equal(estimate + TimeSpan.FromSeconds(0.5), _head.Snapshot.Stalled);

        _head.StallReported(_now);
        Assert.Equal(TimeSpan.FromSeconds(2), _head.StallEndReported(TimeSpan.FromSeconds(2), Age));
    }

    [Fact]
    public void StallEndReported_FalseReports_NeverExceedTheSessionsAgeOrRequests()
    {
        for (var i = 0; i < 3; i++) Ask(2 * i, 2);
        Wait(60);
        var told = Enumerable.Range(0, 100).Count(_ => _head.StallReported(_now));
        Assert.Equal(4, told);
        var stalled = TimeSpan.Zero;
        for (var i = 0; i < 100; i++) stalled += _head.StallEndReported(TimeSpan.FromHours(1), TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(65), stalled);
        Assert.Equal(stalled, _head.Snapshot.Stalled);
    }

    [Fact]
    public void Asked_BufferOfMinusDays_IsNoStallOfDays()
    {
        foreach (var (cmcd, start) in new[] { ("ot=v,br=800,d=2000,bl=4000", 0), ("ot=v,br=800,d=2000,bl=-2147483647", 2), ("ot=v,br=800,d=2000,bs", 4), ("ot=v,br=800,d=2000,bl=0,bs", 6) })
        {
            Wait(3);
            _head.Asked(CmcdReader.Read(cmcd), TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(2), _now);
        }

        Assert.True(_head.Snapshot.Stalled <= TimeSpan.FromSeconds(12), $"{_head.Snapshot.Stalled}");
    }

    [Fact]
    public void Stop_CalledTwice_EndsTheSessionOnce()
    {
        Assert.True(_head.Stop());
        Assert.False(_head.Stop());
        _head.Heartbeat(5, true, 10, _now);
        Ask(0, 2);
        Assert.Equal(PlaybackState.Stopped, _head.Snapshot.State);
    }

    private static TimeSpan Age => TimeSpan.FromHours(1);

    private void Wait(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private PlayheadChange Ask(double start, double duration, int? kbps = null) =>
        _head.Asked(kbps is null ? null : Report(kbps.Value, starved: false), TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(duration), _now);

    private static CmcdReport Report(int kbps, bool starved) => new() { ObjectType = "v", BitrateKbps = kbps, BufferStarved = starved };
}
