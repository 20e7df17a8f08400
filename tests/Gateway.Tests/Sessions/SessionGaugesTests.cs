using Gateway.Media;
using Gateway.Rollout;
using Gateway.Sessions.Registry;
using Gateway.Testing;
using Gateway.Tests.Sessions.Registry;

namespace Gateway.Tests.Sessions;

/// <summary>The gauges of sessions, and the memory that sessions take.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class SessionGaugesTests : RegistryFixture
{
    [Fact]
    public void Open_ManySessions_TakeAtMost4KiBEach()
    {
        const int count = 20_000;
        var held = HeapGrowth.Median(() =>
        {
            using var node = new NodeOfMany();
            return node.Grow(count);
        });
        Assert.InRange(held / count, 100, 4096);
    }

    [Fact]
    public void Active_IsCountedByEngineAndProtocol_EmptyOnesToo()
    {
        Open(new SessionParameters { Engine = PlaybackEngine.Segmented });
        var direct = Open(new SessionParameters { Engine = PlaybackEngine.Direct }).Session!;
        Assert.Equal(1, Active()["direct file"]);
        Assert.Equal(1, Active()["segmented file"]);
        Assert.Equal(0, Active()["segmented dash"]);

        _sessions.End(direct.Id, SessionEnding.Client);
        Assert.Equal(0, Active()["direct file"]);
        Assert.Equal(6, Active().Count);
    }

    [Fact]
    public void Active_ProtocolKnownLater_MovesWithTheNextRequest()
    {
        var session = Open(new SessionParameters { Engine = PlaybackEngine.Segmented }).Session!;
        session.Tracker.Loaded(StreamingProtocol.Hls, Entry, []);
        Resume(session.Paths.Ticket);
        Assert.Equal((0, 1), (Active()["segmented file"], Active()["segmented hls"]));
    }

    [Fact]
    public void Active_TakenOverByAnotherNode_IsCountedThere()
    {
        var session = Open(new SessionParameters()).Session!;
        session.Own(false);
        _sessions.EndIdle();
        Assert.All(Active().Values, count => Assert.Equal(0, count));
        session.Own(true);
        _sessions.EndIdle();
        Assert.Equal(1, Active().Values.Sum());
    }

    [Fact]
    public async Task Active_OpenedEndedAndLookedAtAtOnce_ComesToNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(user => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var session = Open(new SessionParameters(), $"user{user}").Session!;
                session.Tracker.Loaded((StreamingProtocol)(i % 3), Entry, []);
                Parallel.Invoke(() => Resume(session.Paths.Ticket), () => _sessions.End(session.Id, SessionEnding.Client), () => _sessions.EndIdle());
            }
        })));
        Assert.Equal(0, _sessions.Count);
        Assert.All(Active().Values, count => Assert.Equal(0, count));
    }

    private sealed class NodeOfMany : RegistryFixture
    {
        public long Grow(int sessions)
        {
            _options.MaxSessions = sessions;
            Open(new SessionParameters());
            var before = HeapGrowth.Living;
            for (var i = 1; i < sessions; i++) Assert.NotNull(Find($"user{i}", "player"));
            return HeapGrowth.Living - before;
        }
    }
}
