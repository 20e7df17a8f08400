using System.Diagnostics.Metrics;
using Gateway.Adaptation;
using Gateway.Responses;
using Gateway.Rollout;
using Gateway.Sessions.Registry;
using Gateway.Tests.Sessions.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Sessions;

/// <summary>How many play, among those that are held.</summary>
public sealed class PlayingCountTests : RegistryFixture
{
    [Fact]
    public void CountPlaying_ManyHeldAndOneThatTakesMedia_CountsTheOne()
    {
        for (var i = 0; i < 25; i++) Find($"user{i}", "gone");
        var viewer = Find("viewer", "player");
        viewer.Counts.Served(ServedFrom.Origin, 1000, _time.GetUtcNow());
        _sessions.CountPlaying();
        Assert.Equal((26, 1), (_sessions.Count, Playing()));
    }

    [Fact]
    public void CountPlaying_SilentForLongerThanTheTime_NoLongerPlaysAndIsHeld()
    {
        var viewer = Find("viewer", "player");
        viewer.Counts.Served(ServedFrom.Cache, 1000, _time.GetUtcNow());
        _time.Advance(_options.PlayingTimeout - TimeSpan.FromSeconds(1));
        _sessions.CountPlaying();
        Assert.Equal(1, Playing());
        _time.Advance(TimeSpan.FromSeconds(1));
        _sessions.CountPlaying();
        Assert.Equal((0, 1), (Playing(), _sessions.Count));
    }

    [Fact]
    public void CountPlaying_LongResponseUnderWay_PlaysUntilItIsOver()
    {
        var viewer = Find("viewer", "player");
        viewer.Counts.Began();
        _time.Advance(TimeSpan.FromMinutes(10));
        _sessions.CountPlaying();
        Assert.Equal(1, Playing());
        viewer.Counts.Left();
        _sessions.CountPlaying();
        Assert.Equal(0, Playing());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void CountPlaying_HeartbeatOfTheClient_IsBelieved(bool isPlaying, int playing)
    {
        var viewer = Find("viewer", "player");
        viewer.Counts.Served(ServedFrom.Cache, 1000, _time.GetUtcNow());
        viewer.Playhead.Heartbeat(10, isPlaying, 20, _time.GetUtcNow());
        _sessions.CountPlaying();
        Assert.Equal(playing, Playing());
    }

    [Theory]
    [InlineData(50_000, 50, 1)]
    [InlineData(50_000, 53, 0)]
    [InlineData(600_000, 121, 0)]
    public void CountPlaying_SilentWithMediaLeft_PlaysUntilThatIsOverAndNotForLong(int bufferMs, int silence, int playing)
    {
        var viewer = Find("viewer", "player");
        viewer.Counts.Served(ServedFrom.Cache, 1000, _time.GetUtcNow());
        viewer.Playhead.Asked(new CmcdReport { ObjectType = "v", BufferMs = bufferMs }, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2), _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(silence));
        _sessions.CountPlaying();
        Assert.Equal(playing, Playing());
    }

    [Fact]
    public void CountPlaying_HeldByAnotherNode_IsCountedThere()
    {
        var viewer = Find("viewer", "player");
        viewer.Counts.Served(ServedFrom.Cache, 1000, _time.GetUtcNow());
        viewer.Own(false);
        _sessions.CountPlaying();
        Assert.Equal(0, Playing());
    }

    [Fact]
    public void Engine_OpenedSegmentedAndAFilePlayed_IsDirectInGaugesToo()
    {
        var session = Open(new SessionParameters { Engine = PlaybackEngine.Segmented }).Session!;
        Assert.Equal(PlaybackEngine.Segmented, session.Engine);
        session.Counts.Took(isFile: true);
        Resume(session.Paths.Ticket);
        Assert.Equal((PlaybackEngine.Direct, 1), (session.Engine, Active()["direct file"]));
        session.Counts.Took(isFile: false);
        Assert.Equal(PlaybackEngine.Segmented, session.Engine);
    }

    private long Playing()
    {
        var sum = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "gateway.sessions.playing" && ReferenceEquals(instrument.Meter.Scope, _services.GetRequiredService<IMeterFactory>())) listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.Start();
        listener.RecordObservableInstruments();
        return sum;
    }
}
