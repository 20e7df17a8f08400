using System.Diagnostics.Metrics;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Media;
using Gateway.Sessions;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Sessions.Registry;

public sealed class LeftTitlesTests
{
    [Fact]
    public async Task EndedSession_TitleThatNobodyPlays_IsEvictedFirst()
    {
        await using var fixture = new CacheFixture();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new SessionMetrics(meters);
        var events = new EventLog(Options.Create(new TelemetryOptions { Events = EventDestination.Off }), fixture.Clock, new TelemetryMetrics(meters));
        var sessions = new SessionRegistry(new SessionFactory(new TicketIssuer(new AccessOptions(), fixture.Clock), new TicketSigner(TicketKeyRing.ForThisProcess(), fixture.Clock), null, new SessionsOptions(), fixture.Clock), new SessionsOptions(), new SessionTelemetry(metrics, new AdaptationMetrics(meters), events, fixture.Clock), metrics, fixture.Clock);
        using var left = new LeftTitles(sessions, fixture.Cache, fixture.Clock, NullLogger<LeftTitles>.Instance);
        sessions.SessionEnded += left.Ended;

        // The first two watch one title; the film of the third lies above another title, which the fourth goes on watching.
        Guid[] ids = [.. new[] { "/shared/m.m3u8", "/shared/m.m3u8", "/films/m.m3u8", "/films/two/m.m3u8" }.Select(path => Open(sessions, path))];
        foreach (var path in new[] { "/shared/seg", "/films/v1/seg", "/films/two/v1/seg", "/other/seg" }) await fixture.StoreAsync(path, CacheFixture.Bytes(10));
        Assert.True(sessions.End(ids[0], SessionEnding.Client));
        Assert.True(sessions.End(ids[2], SessionEnding.Client));
        left.Demote();
        Assert.Equal(["/films/v1/seg"], Demoted(fixture));

        Assert.True(sessions.End(ids[1], SessionEnding.Client));
        left.Demote();
        Assert.Equal(["/films/v1/seg", "/shared/seg"], Demoted(fixture));

        // A new request for the title plays it again.
        await fixture.GetAsync(CacheFixture.Request("/shared/seg"));
        Assert.Equal(["/films/v1/seg"], Demoted(fixture));
    }

    private static Guid Open(SessionRegistry sessions, string path)
    {
        Assert.Equal(OpenVerdict.Opened, sessions.Open("user", new MediaAddress("origin", path, ""), SessionParameters.ByUrl, default, out var session));
        return session!.Id;
    }

    private static string[] Demoted(CacheFixture fixture) =>
        [.. fixture.Cache.Index.SelectMany(s => s.Entries).Where(e => e.IsDemoted).Select(e => e.Key.Address.Path).Order(StringComparer.Ordinal)];
}
