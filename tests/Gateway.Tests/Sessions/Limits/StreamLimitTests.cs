using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;
using Gateway.Tests.Sessions.Registry;

namespace Gateway.Tests.Sessions.Limits;

/// <summary>How many sessions a user, and a node, may have.</summary>
public sealed class StreamLimitTests : RegistryFixture
{
    private static readonly SessionParameters One = new() { MaxStreams = 1 };

    [Fact]
    public void Open_MoreStreamsThanAllowed_IsRefusedUntilOneEnds()
    {
        var parameters = new SessionParameters { MaxStreams = 2 };
        var first = Open(parameters).Session!;
        Open(parameters);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(parameters).Verdict);
        Assert.True(_sessions.End(first.Id, SessionEnding.Client));
        Assert.Equal(OpenVerdict.Opened, Open(parameters).Verdict);
    }

    [Fact]
    public void Open_OtherUsersStreams_DoNotCount()
    {
        Open(One, "a");
        Assert.Equal(OpenVerdict.Opened, Open(One, "b").Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(One, "a").Verdict);
    }

    [Fact]
    public async Task Open_ManyAtOnce_NeverExceedsTheLimit()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Open(new SessionParameters { MaxStreams = 3 }).Verdict)));
        Assert.Equal(3, verdicts.Count(v => v == OpenVerdict.Opened));
    }

    [Fact]
    public void Handoff_PredecessorPlaysUntilTheSuccessorsFirstMedia_AndIsCutThen()
    {
        var old = Open(One).Session!;
        var next = Open(One with { Previous = old.Id }).Session!;
        Assert.Equal(StreamVerdict.Holds, _sessions.Streams.TryBegin(old, default, out var last));
        Assert.False(last!.IsCut);
        Assert.Equal(StreamVerdict.Succeeds, _sessions.Streams.TryBegin(next, default, out var first));
        Assert.True(last.IsCut);
        Assert.True(last.Token.IsCancellationRequested);
        Assert.False(first!.IsCut);
        _sessions.Streams.End(last);
        // A heartbeat gives nothing back, and neither does asking.
        _sessions.Streams.Extend(old);
        Assert.False(_sessions.Streams.MayDeliver(old));
        Assert.Equal(StreamVerdict.TooMany, _sessions.Streams.TryBegin(old, default, out _));
        _sessions.End(next.Id, SessionEnding.Client);
        Assert.True(first.IsCut);
        Assert.Equal(StreamVerdict.Free, _sessions.Streams.TryBegin(old, default, out _));
    }

    [Fact]
    public void Handoffs_ManyOfOneSession_AreOneStream()
    {
        var old = Open(One).Session!;
        SessionState[] next = [.. Enumerable.Range(0, 5).Select(_ => Open(One with { Previous = old.Id }).Session!)];
        Assert.Equal(StreamVerdict.Succeeds, Deliver(next[3]));
        foreach (var other in next.Append(old).Where(s => s != next[3])) Assert.Equal(StreamVerdict.TooMany, Deliver(other));
    }

    [Fact]
    public void SameDevice_OneGoesOnFromAnother_AndNeverBack()
    {
        var parameters = new SessionParameters { MaxStreams = 2, DeviceId = "tv" };
        var first = Open(parameters).Session!;
        var second = Open(parameters).Session!;
        Assert.Equal(OpenVerdict.Opened, Open(parameters with { DeviceId = "phone" }).Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(parameters with { DeviceId = "tablet" }).Verdict);
        Assert.Equal(StreamVerdict.Succeeds, Deliver(second));
        Assert.Equal(StreamVerdict.TooMany, Deliver(first));
        Assert.Equal(StreamVerdict.Holds, Deliver(second));
    }

    [Fact]
    public void Resume_SilentSession_ComesBackWithinTheLimitOnly()
    {
        var silent = Open(One).Session!;
        _time.Advance(_options.StreamTimeout);
        var other = Open(One).Session!;
        _sessions.Streams.Extend(silent);
        Assert.Equal(StreamVerdict.TooMany, Deliver(silent));
        Assert.Equal(StreamVerdict.Holds, Deliver(other));
        _sessions.End(other.Id, SessionEnding.Client);
        Assert.Equal(StreamVerdict.Free, Deliver(silent));
        Assert.Equal(OpenVerdict.TooManyStreams, Open(One).Verdict);
    }

    [Fact]
    public void Delivery_OneLongResponse_HoldsItsPlaceUntilItEnds()
    {
        var session = Open(One).Session!;
        _sessions.Streams.TryBegin(session, default, out var film);
        _time.Advance(_options.IdleTimeout * 2);
        Assert.Equal(0, _sessions.EndIdle());
        Assert.Equal(OpenVerdict.TooManyStreams, Open(One).Verdict);
        _sessions.Streams.End(film!);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(One).Verdict);
        _time.Advance(_options.StreamTimeout);
        Assert.Equal(OpenVerdict.Opened, Open(One).Verdict);
    }

    [Fact]
    public void Deliver_PrewarmedSessions_BeginOnlyWithinTheLimit()
    {
        var first = Open(One with { Prewarmed = true }).Session!;
        var second = Open(One with { Prewarmed = true }).Session!;
        Assert.Equal(StreamVerdict.Free, Deliver(first));
        Assert.Equal(StreamVerdict.TooMany, Deliver(second));
    }

    [Fact]
    public void Resume_UnknownTickets_KeepTheLimit()
    {
        var tickets = Enumerable.Range(0, 3).Select(_ =>
        {
            var session = Open(One).Session!;
            _time.Advance(_options.StreamTimeout);
            return session.Paths.Ticket;
        }).ToArray();
        _time.Advance(_options.IdleTimeout);
        Assert.Equal(3, _sessions.EndIdle());
        Assert.Equal(StreamVerdict.Free, Deliver(Resume(tickets[1])!));
        Assert.Equal(StreamVerdict.TooMany, Deliver(Resume(tickets[0])!));
        Assert.Equal(StreamVerdict.TooMany, Deliver(Resume(tickets[2])!));
        Assert.Equal(StreamVerdict.Holds, Deliver(Resume(tickets[1])!));
    }

    [Fact]
    public void Open_FullNode_IsRefused()
    {
        _options.MaxSessions = 1;
        Open(new SessionParameters());
        Assert.Equal(OpenVerdict.Full, Open(new SessionParameters()).Verdict);
    }

    private StreamVerdict Deliver(SessionState session)
    {
        var verdict = _sessions.Streams.TryBegin(session, default, out var delivery);
        if (delivery is not null) _sessions.Streams.End(delivery);
        return verdict;
    }
}
