using Gateway.Sessions.Groups;
using Gateway.Sessions.Registry;
using Gateway.Tests.Sessions.Registry;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Sessions.Groups;

public sealed class GroupEventsTests : RegistryFixture
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Stream_OfASessionThatEnded_TellsNothingMore()
    {
        var groups = new ListeningGroups(_sessions, _time);
        var (leader, member) = (InGroup("leader"), InGroup("member"));
        var context = Context(out var body);
        var following = new GroupEvents(groups, _time).FollowAsync(context, member);
        Assert.True(_sessions.End(member.Id, SessionEnding.Client));
        groups.Tell(leader, 12, true);
        await following.WaitAsync(Long, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("event: state", System.Text.Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OnAServerThatStops_Ends()
    {
        var context = Context(out _);
        using var closing = new Closing();
        context.Features.Set<IConnectionLifetimeNotificationFeature>(closing);
        var following = new GroupEvents(new ListeningGroups(_sessions, _time), _time).FollowAsync(context, InGroup("member"));
        Assert.False(following.IsCompleted);
        closing.RequestClose();
        await following.WaitAsync(Long, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Group_WithAMemberOfManyStreams_HasRoomForOthers()
    {
        var groups = new ListeningGroups(_sessions, _time);
        var greedy = Guid.NewGuid();
        var first = groups.Join("g", greedy)!;
        for (var i = 0; i < ListeningGroups.MostMembers; i++) groups.Join("g", greedy);
        Assert.NotNull(groups.Join("g", Guid.NewGuid()));
        Assert.Null(groups.Join("g", greedy));
        groups.Leave("g", first);
        Assert.NotNull(groups.Join("g", greedy));
    }

    /// <summary>After an outage of the store another gateway tells what its leader said before; and a leader's beats may come to several gateways in turn.</summary>
    [Fact]
    public void Group_ThatIsLed_IsNotMovedByWhatIsPast()
    {
        var groups = new ListeningGroups(_sessions, _time);
        var leader = InGroup("leader");
        groups.Tell(leader, 100, true);
        var member = groups.Join("g", Guid.NewGuid())!;
        Assert.True(member.Reader.TryRead(out _));
        var now = _time.GetUtcNow();
        // Of two leaders the one with the smaller id would be followed, but this one fell silent long ago.
        groups.Learn("g", new GroupNotice(Guid.NewGuid(), "g", Guid.Empty, "other", 5, true, 60_000).State(now));
        groups.Learn("g", new GroupNotice(Guid.NewGuid(), "g", leader.Id, "vod/title", 98, true, 2000).State(now));
        Assert.False(member.Reader.TryRead(out var told), $"Told {told}");
        _time.Advance(TimeSpan.FromSeconds(1));
        groups.Learn("g", new GroupNotice(Guid.NewGuid(), "g", leader.Id, "vod/title", 101, true, 0).State(_time.GetUtcNow()));
        Assert.True(member.Reader.TryRead(out _));
    }

    /// <summary>Two nodes that hear each other a moment late: whoever began, they end up with one leader.</summary>
    [Fact]
    public void Groups_OfTwoNodes_ComeToOneLeader()
    {
        var (a, b) = (new ListeningGroups(_sessions, _time), new ListeningGroups(_sessions, _time));
        var (toA, toB) = (new Queue<GroupState>(), new Queue<GroupState>());
        a.Led = (_, state) => toB.Enqueue(state with { IsElsewhere = true });
        b.Led = (_, state) => toA.Enqueue(state with { IsElsewhere = true });
        var (one, two) = (InGroup("one"), InGroup("two"));
        a.Tell(one, 10, true);
        b.Tell(two, 90, true);
        for (var turn = 0; turn < 3; turn++)
        {
            while (toA.TryDequeue(out var state)) a.Learn("g", state);
            while (toB.TryDequeue(out var state)) b.Learn("g", state);
            a.Tell(one, 11, true);
            b.Tell(two, 91, true);
        }

        var leader = one.Id.CompareTo(two.Id) < 0 ? one.Id : two.Id;
        Assert.Equal((leader, leader), (Heard(a).Leader, Heard(b).Leader));
        // It leads while it is heard; then the other does.
        var (leads, follows, other) = leader == one.Id ? (one, b, two) : (two, a, one);
        follows.Tell(other, 50, false);
        Assert.Equal(leads.Id, Heard(follows).Leader);
        _time.Advance(ListeningGroups.Silence);
        follows.Tell(other, 50, false);
        Assert.Equal(other.Id, Heard(follows).Leader);

        GroupState Heard(ListeningGroups groups)
        {
            var member = groups.Join("g", Guid.NewGuid())!;
            Assert.True(member.Reader.TryRead(out var state));
            groups.Leave("g", member);
            return state;
        }
    }

    private static DefaultHttpContext Context(out MemoryStream body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Get;
        context.Response.Body = body = new MemoryStream();
        return context;
    }

    private SessionState InGroup(string user) => Open(new SessionParameters { MediaId = "demo", GroupId = "g" }, user).Session!;

    private sealed class Closing : IConnectionLifetimeNotificationFeature, IDisposable
    {
        private readonly CancellationTokenSource _closing = new();

        public CancellationToken ConnectionClosedRequested
        {
            get => _closing.Token;
            set => throw new NotSupportedException();
        }

        public void RequestClose() => _closing.Cancel();

        public void Dispose() => _closing.Dispose();
    }
}
