using System.Net;
using Gateway.Access;
using Gateway.Sessions;
using Gateway.Sessions.Registry;

namespace Gateway.Tests.Sessions.Registry;

/// <summary>No client fills the table alone, and drafts that never became sessions take no place in it.</summary>
public sealed class SessionSharesTests : RegistryFixture
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true, true)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true, true)]
    [InlineData("192.0.2.7", "192.0.2.200", false, true)]
    [InlineData("192.0.2.7", "192.0.3.7", false, false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true, true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false, true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:2:2::1", false, false)]
    public void Origin_TwoAddresses_AreOneHouseholdOrOneNetwork(string one, string other, bool fixture, bool network)
    {
        var (a, b) = (ClientOrigin.Of(IPAddress.Parse(one)), ClientOrigin.Of(IPAddress.Parse(other)));
        Assert.Equal(fixture, a.Household == b.Household);
        Assert.Equal(network, a.Network == b.Network);
    }

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(499, 499, 499, true)]
    [InlineData(500, 99, 300, true)]
    [InlineData(500, 100, 100, false)]
    [InlineData(500, 0, 400, false)]
    [InlineData(999, 0, 0, true)]
    [InlineData(1000, 0, 0, false)]
    public void Allows_Share_CountsFromHalfFullOn(int total, int ofHousehold, int ofNetwork, bool allowed) =>
        Assert.Equal(allowed, SessionShares.Allows(total, ofHousehold, ofNetwork, new SessionsOptions { MaxSessions = 1000, ClientShare = 0.1 }));

    [Fact]
    public void Open_OneClientAlone_LeavesPlacesForOthers()
    {
        _options.MaxSessions = 100;
        _options.ClientShare = 0.1;
        var greedy = new SessionParameters { Client = ClientOrigin.Of(IPAddress.Parse("192.0.2.7")) };
        var opened = new List<SessionState>();
        while (Open(greedy) is { Verdict: OpenVerdict.Opened, Session: { } session }) opened.Add(session);
        Assert.Equal(50, opened.Count);
        Assert.Equal(OpenVerdict.Opened, Open(new SessionParameters { Client = ClientOrigin.Of(IPAddress.Parse("198.51.100.1")) }).Verdict);

        // What ends gives its share back, however it ends.
        foreach (var session in opened.Take(45)) _sessions.End(session.Id, SessionEnding.Client);
        Assert.Equal(OpenVerdict.Opened, Open(greedy).Verdict);
        _time.Advance(_options.IdleTimeout);
        _sessions.EndIdle();
        for (var i = 0; i < 50; i++) Assert.Equal(OpenVerdict.Opened, Open(greedy).Verdict);
    }

    [Fact]
    public void Resume_UnknownTickets_TakeTheirClientsShare()
    {
        _options.MaxSessions = 4;
        _options.ClientShare = 0.25;
        var tickets = Enumerable.Range(0, 3).Select(i => Open(new SessionParameters(), $"u{i}").Session!.Paths.Ticket).ToArray();
        _time.Advance(_options.IdleTimeout);
        _sessions.EndIdle();
        var client = ClientOrigin.Of(IPAddress.Parse("192.0.2.7"));
        Assert.Equal(ResumeVerdict.Resumed, _sessions.Resume(tickets[0], client, out _));
        Assert.Equal(ResumeVerdict.Resumed, _sessions.Resume(tickets[1], client, out _));
        Assert.Equal(ResumeVerdict.Full, _sessions.Resume(tickets[2], client, out _));
        Assert.Equal(ResumeVerdict.Resumed, _sessions.Resume(tickets[1], client, out _));
        Assert.Equal(ResumeVerdict.Resumed, _sessions.Resume(tickets[2], ClientOrigin.Of(IPAddress.Parse("198.51.100.1")), out _));
    }

    [Fact]
    public void Draft_ThatIsNeverShown_LeavesNothing()
    {
        _options.MaxSessions = 1;
        for (var i = 0; i < 10; i++)
        {
            var draft = Draft($"p{i}", OpenVerdict.Opened);
            // The table is full while the origin is asked, and not a moment longer.
            Assert.Equal(OpenVerdict.Full, _drafts.FindOrDraft(KeyOf("other"), SessionParameters.ByUrl, default, out _, out _));
            _drafts.Leave(draft);
            Assert.Equal(0, _sessions.Count);
        }
    }

    [Fact]
    public void Draft_RequestsThatComeTogether_ShareOneThatOpensWithTheFirstResponse()
    {
        var first = Draft("p", OpenVerdict.Opened);
        var second = Draft("p", OpenVerdict.Found);
        Assert.Same(first, second);
        _drafts.Leave(first);
        Assert.True(_drafts.Shown(second));
        Assert.False(_drafts.Shown(second));
        _drafts.Leave(second);
        Assert.Equal(1, _sessions.Count);
        Assert.True(_sessions.TryFind(KeyOf("p"), out var found));
        Assert.Same(first.Session, found);
    }

    private static ViewerKey KeyOf(string player) => new("u", Entry, player, default);

    private SessionDraft Draft(string player, OpenVerdict expected)
    {
        Assert.Equal(expected, _drafts.FindOrDraft(KeyOf(player), SessionParameters.ByUrl, default, out _, out var draft));
        return draft!;
    }
}
