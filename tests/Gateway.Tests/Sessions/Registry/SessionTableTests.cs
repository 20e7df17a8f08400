using System.Net;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Sessions.Registry;

namespace Gateway.Tests.Sessions.Registry;

/// <summary>The parts of the registry by themselves: what is entered, restored, resumed and taken out when several do it at once.</summary>
public sealed class SessionTableTests : RegistryFixture
{
    private readonly SessionTable _table;
    private readonly PastSessions _past;
    private readonly SessionFactory _factory;
    private readonly SessionResumption _resumption;

    public SessionTableTests()
    {
        _options.MaxSessions = 2;
        _table = new SessionTable(_options);
        _past = new PastSessions(_options);
        _factory = new SessionFactory(new TicketIssuer(_access, _time), new TicketSigner(TicketKeyRing.ForThisProcess(), _time), null, _options, _time);
        _resumption = new SessionResumption(_table, _past, _factory, _time);
    }

    [Fact]
    public void Create_ManyAtOneMoment_NoTwoWereOpenedTogether()
    {
        var opened = new SessionState[256];
        Parallel.For(0, opened.Length, i => opened[i] = Create());
        Assert.Equal(opened.Length, opened.Select(session => session.CreatedAt).Distinct().Count());
        Assert.All(opened, session => Assert.Equal(0, session.CreatedAt.UtcTicks % TimeSpan.TicksPerMicrosecond));
    }

    [Fact]
    public void Create_CredentialThatLapsesSooner_ShortensTheTicket()
    {
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(30);
        var ticket = _factory.Create("u", Entry, new SessionParameters { NotAfter = end }, default).Paths.Ticket;
        Assert.Equal((end, end), (ticket.FreshUntil, ticket.HardExpiry));
    }

    [Fact]
    public void Enter_TwoOfOneTicket_TheFirstStaysAndTheSecondGivesItsShareBack()
    {
        var first = Create();
        var second = _factory.Restore(first.Paths.Ticket, Entry, SessionParameters.ByUrl);
        Assert.True(_table.TryTakeShare(default));
        Assert.True(_table.TryTakeShare(default));
        Assert.Same(first, _table.Enter(first));
        Assert.Same(first, _table.Enter(second));
        Assert.True(_table.TryTakeShare(default));
        Assert.False(_table.TryTakeShare(default));
    }

    [Fact]
    public void TryRemove_OneThatCameBackUnderTheSameId_IsLeftAlone()
    {
        var before = _table.Enter(Create());
        Assert.True(_table.TryRemove(before));
        var after = _table.Enter(_factory.Restore(before.Paths.Ticket, Entry, SessionParameters.ByUrl));
        Assert.False(_table.TryRemove(before));
        Assert.True(_table.TryGet(after.Id, out var found));
        Assert.Same(after, found);
    }

    [Fact]
    public void ExpireMarks_ViewerWhoseNextSessionLives_IsStillFound()
    {
        var key = new ViewerKey("u", Entry, "p", default);
        _table.Recognise(key, Create());
        var next = _table.Enter(Create());
        _table.Recognise(key, next);
        _table.ExpireKeys(_time.GetUtcNow());
        Assert.True(_table.TryFind(key, out var found));
        Assert.Same(next, found);

        _table.TryRemove(next);
        _table.ExpireKeys(_time.GetUtcNow());
        Assert.False(_table.TryFind(key, out _));
    }

    [Fact]
    public void Resume_OneUnknownTicketManyTimesAtOnce_IsOneSessionWithOneShare()
    {
        _options.MaxSessions = 64;
        var ticket = Create().Paths.Ticket;
        var resumed = new SessionState?[16];
        Parallel.For(0, resumed.Length, i => Assert.Equal(ResumeVerdict.Resumed, _resumption.Resume(ticket, ClientOrigin.Of(IPAddress.Loopback), out resumed[i])));
        Assert.Single(resumed.Distinct());
        for (var taken = 1; taken < 64; taken++) Assert.True(_table.TryTakeShare(default));
        Assert.False(_table.TryTakeShare(default));
    }

    [Theory]
    [InlineData(SessionEnding.Idle, ResumeVerdict.Resumed)]
    [InlineData(SessionEnding.Client, ResumeVerdict.Ended)]
    [InlineData(SessionEnding.Revoked, ResumeVerdict.Ended)]
    internal void Resume_AfterAnEnd_GoesOnAfterSilenceOnly(SessionEnding ending, ResumeVerdict expected)
    {
        var ticket = Create().Paths.Ticket;
        _past.Remember(ticket.Session, ticket.HardExpiry, ending);
        Assert.Equal(expected, _resumption.Resume(ticket, default, out _));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Resume_UnknownTicket_IsOwnedHereUnlessNodesShareTheirSessions(bool isShared, bool isOwn)
    {
        _resumption.IsShared = isShared;
        _resumption.Resume(Create().Paths.Ticket, default, out var session);
        Assert.Equal(isOwn, session!.IsOwn);
    }

    private SessionState Create() => _factory.Create("u", Entry, new SessionParameters(), default);
}
