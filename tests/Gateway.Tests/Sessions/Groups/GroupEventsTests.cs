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
