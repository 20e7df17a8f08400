using Gateway.Sessions;
using Gateway.Sessions.Registry;

namespace Gateway.Tests.Sessions.Registry;

public sealed class PastSessionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Expire_WhatNoTicketCanAskFor_LeavesNothingBehind()
    {
        var past = new PastSessions(new SessionsOptions());
        for (var i = 0; i < 100; i++) past.Remember(Guid.NewGuid(), Now.AddSeconds(i), SessionEnding.Client);
        past.Expire(Now.AddSeconds(49));
        Assert.Equal(50, past.Held);
        past.Expire(Now.AddSeconds(100));
        Assert.Equal(0, past.Held);
    }

    [Fact]
    public void Remember_MoreThanTheLimit_ForgetsTheOldest()
    {
        var past = new PastSessions(new SessionsOptions { MaxSessions = 3 });
        var ids = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var id in ids) past.Remember(id, Now, SessionEnding.Idle);
        Assert.Equal([false, false, true, true, true], ids.Select(past.Contains));
        Assert.Equal(3, past.Held);
    }

    [Fact]
    public void Remember_ManyThatClientsEnded_BringNoneBackThatWasRevoked()
    {
        var past = new PastSessions(new SessionsOptions { MaxSessions = 3 });
        var (revoked, idle) = (Guid.NewGuid(), Guid.NewGuid());
        past.Remember(revoked, Now, SessionEnding.Revoked);
        past.Remember(idle, Now, SessionEnding.Idle);
        past.Remember(idle, Now, SessionEnding.Revoked);
        for (var i = 0; i < 20; i++) past.Remember(Guid.NewGuid(), Now, i % 2 == 0 ? SessionEnding.Client : SessionEnding.Idle);
        Assert.Equal(SessionEnding.Revoked, past.WhyOf(revoked));
        Assert.Equal(SessionEnding.Revoked, past.WhyOf(idle));
        for (var i = 0; i < 3; i++) past.Remember(Guid.NewGuid(), Now, SessionEnding.Revoked);
        Assert.Null(past.WhyOf(revoked));
        Assert.Null(past.WhyOf(idle));
        Assert.Equal(6, past.Held);
        past.Expire(Now);
        Assert.Equal(0, past.Held);
    }

    [Fact]
    public void Remember_IdleThenEnded_DoesNotComeBack()
    {
        var past = new PastSessions(new SessionsOptions());
        var id = Guid.NewGuid();
        past.Remember(id, Now, SessionEnding.Idle);
        past.Remember(id, Now, SessionEnding.Revoked);
        past.Remember(id, Now, SessionEnding.Idle);
        Assert.Equal(SessionEnding.Revoked, past.WhyOf(id));
    }

    [Fact]
    public void Forget_ViewerWhoCameBack_IsNotPastAnyMore()
    {
        var past = new PastSessions(new SessionsOptions { MaxSessions = 3 });
        var id = Guid.NewGuid();
        past.Remember(id, Now.AddSeconds(1), SessionEnding.Idle);
        Assert.Equal(SessionEnding.Idle, past.WhyOf(id));
        past.Forget(id);
        Assert.Null(past.WhyOf(id));
        past.Expire(Now);
        Assert.Equal(0, past.Held);
    }
}
