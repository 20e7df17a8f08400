using Gateway.Access.Tickets;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Sessions.Registry;

/// <summary>How sessions are found, go on and end.</summary>
public sealed class SessionRegistryTests : RegistryFixture
{
    [Fact]
    public void FindOrOpen_SameViewer_FindsItsOwn()
    {
        var first = Find("u", "p");
        Assert.Same(first, Find("u", "p"));
        Assert.NotSame(first, Find("u", "q"));
        Assert.NotSame(first, Find("w", "p"));
        Assert.Equal(3, _sessions.Count);
    }

    [Fact]
    public async Task FindOrOpen_SameViewerManyTimesAtOnce_IsOneSession()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Find("u", "p"))));
        Assert.Single(found.Distinct());
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public void Latest_MoreThanWanted_AreThoseHeardOfLast()
    {
        SessionState[] opened = [.. Enumerable.Range(0, 5).Select(i =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Find("u", $"p{i}");
        })];
        _time.Advance(TimeSpan.FromSeconds(1));
        opened[1].Touch(_time.GetUtcNow());

        Assert.Equal([opened[1], opened[4], opened[3]], _sessions.Latest(3));
    }

    [Fact]
    public void EndIdle_AfterTheTimeout_EndsAndKeepsTheGaugeRight()
    {
        var session = Open(new SessionParameters()).Session!;
        _time.Advance(_options.IdleTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, _sessions.EndIdle());
        Assert.True(_sessions.Lives(session.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _sessions.EndIdle());
        Assert.Equal(0, _sessions.Count);
        Assert.Equal(PlaybackState.Stopped, session.Playhead.Snapshot.State);
        Assert.True(_sessions.HasEnded(session.Id));
    }

    [Fact]
    public void SessionEnded_WhateverEndsIt_IsToldOnce()
    {
        var ended = new List<SessionState>();
        _sessions.SessionEnded += ended.Add;
        var left = Open(new SessionParameters()).Session!;
        var revoked = Open(new SessionParameters()).Session!;
        var idle = Open(new SessionParameters()).Session!;
        _sessions.End(left.Id, SessionEnding.Client);
        _sessions.End(left.Id, SessionEnding.Client);
        _sessions.EndedElsewhere(revoked.Id, revoked.Paths.Ticket.HardExpiry, SessionEnding.Revoked);
        _time.Advance(_options.IdleTimeout);
        _sessions.EndIdle();
        _sessions.EndIdle();
        Assert.Equal([left, revoked, idle], ended);
    }

    [Fact]
    public void Resume_UnknownTicket_GoesOnHere()
    {
        var ticket = new TicketIssuer(_access, _time).Open(Guid.Parse("6f1c1f0e-8a4b-4c7e-9d7b-0d9a2b1c3d4e"), "u", "origin", "/demo/x");
        Assert.Equal(ticket.Session, Resume(ticket)!.Id);
        Assert.True(_sessions.Lives(ticket.Session));
    }

    [Fact]
    public void Resume_EndedByItsClient_IsOverForGood()
    {
        var session = Open(new SessionParameters()).Session!;
        _sessions.End(session.Id, SessionEnding.Client);
        Assert.Null(Resume(session.Paths.Ticket));
        Assert.False(_sessions.End(session.Id, SessionEnding.Client));
    }

    [Fact]
    public void Resume_AfterALongPause_GoesOn()
    {
        var session = Open(new SessionParameters()).Session!;
        _time.Advance(_options.IdleTimeout);
        _sessions.EndIdle();
        Assert.NotNull(Resume(session.Paths.Ticket));
        Assert.True(_sessions.Lives(session.Id));
    }

    [Fact]
    public void EndedElsewhere_SessionOfThisNode_IsOverHereToo()
    {
        var session = Open(new SessionParameters()).Session!;
        _sessions.EndedElsewhere(session.Id, session.Paths.Ticket.HardExpiry, SessionEnding.Revoked);
        Assert.Null(Resume(session.Paths.Ticket));
        // What this node has not seen yet, either.
        var ticket = session.Paths.Ticket with { Session = Guid.Parse("6f1c1f0e-8a4b-4c7e-9d7b-0d9a2b1c3d4e") };
        _sessions.EndedElsewhere(ticket.Session, ticket.HardExpiry, SessionEnding.Client);
        Assert.Null(Resume(ticket));
    }

    [Fact]
    public void End_MoreThanAreHeld_ForgetsTheOldestEnds()
    {
        _options.MaxSessions = 10;
        var ended = Enumerable.Range(0, 12).Select(_ =>
        {
            var session = Open(new SessionParameters()).Session!;
            _sessions.End(session.Id, SessionEnding.Client);
            return session.Id;
        }).ToArray();
        Assert.False(_sessions.HasEnded(ended[0]));
        Assert.All(ended[2..], id => Assert.True(_sessions.HasEnded(id)));
    }
}
