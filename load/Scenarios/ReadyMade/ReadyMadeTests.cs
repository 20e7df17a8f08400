using System.Collections.Immutable;
using Gateway.Load.Pacing;
using Gateway.Load.Players;

namespace Gateway.Load.Scenarios.ReadyMade;

/// <summary>The tests that ship with the tester, by name.</summary>
internal static class ReadyMadeTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>What a viewer may expect of any of them: a start within the gates of a roll-out, a picture that does not stop, and no errors to speak of.</summary>
    private static readonly ImmutableArray<Threshold> s_fair =
    [
        Threshold.Parse("startup.p50 <= 1200 ms"), Threshold.Parse("startup.p95 <= 2500 ms"), Threshold.Parse("players.failed <= 0.5 %"), Threshold.Parse("stalls.share <= 0.5 %"), Threshold.Parse("requests.failed <= 1 %"),
    ];

    public static ImmutableArray<ReadyMadeTest> All { get; } =
    [
        new("smoke", "A handful of viewers for twenty seconds: does it play at all.", OriginKind.Stub, 12, TimeSpan.FromSeconds(20), Smoke),
        new("evening", "A steady evening: viewers come and go through a small prime time, over films by popularity and a few channels.", OriginKind.Synthetic, 150, TimeSpan.FromMinutes(5), Evening),
        new("spike", "Everybody joins one channel within ten seconds, as when the match begins.", OriginKind.Synthetic, 1000, TimeSpan.FromSeconds(45), Spike),
        new("thunder", "Everybody presses Play on one film within a second.", OriginKind.Synthetic, 300, TimeSpan.FromSeconds(30), Thunder),
        new("seek-storm", "Viewers of films who seek four times a minute.", OriginKind.Synthetic, 100, TimeSpan.FromMinutes(1), SeekStorm),
        new("zap", "Viewers who change the channel four times a minute.", OriginKind.Synthetic, 100, TimeSpan.FromMinutes(1), Zap),
        new("soak", "A steady crowd for an hour: what grows, and what gets slower.", OriginKind.Synthetic, 100, TimeSpan.FromHours(1), Soak),
        new("crowd", "Many viewers of one lean film at 300 kbit/s: what a viewer costs.", OriginKind.Synthetic, 2000, TimeSpan.FromMinutes(2), Crowd),
        new("rolling-deploy", "Two gateways behind a balancer are replaced one after the other while people watch.", OriginKind.Synthetic, 60, TimeSpan.FromSeconds(90), RollingDeploy),
        new("node-kill", "One of two gateways behind a balancer is killed while people watch, and comes back.", OriginKind.Synthetic, 60, TimeSpan.FromSeconds(90), NodeKill),
        new("peers", "Three gateways that fetch from each other behind a balancer that does not hash; one is drained and replaced, one is killed and comes back: how often the origin is asked for a segment.", OriginKind.Synthetic, 300, TimeSpan.FromMinutes(2), Peers),
        new("peers-control", "The same without fetching from each other: what peers are worth.", OriginKind.Synthetic, 300, TimeSpan.FromMinutes(2), PeersControl),
        new("origin-outage", "The origin answers 503 to everything for a while.", OriginKind.Synthetic, 60, TimeSpan.FromSeconds(90), OriginOutage),
        new("traces", "Films over the lines of real people, by recorded traces (--traces DIR).", OriginKind.Synthetic, 100, TimeSpan.FromMinutes(3), Traces),
        new("shared-links", "Households of four on one line each, by recorded traces (--traces DIR), else at 8 Mbit/s.", OriginKind.Synthetic, 100, TimeSpan.FromMinutes(2), SharedLinks),
        new("profiles", "Four kinds of use at once, from 50 to 500: full viewing 40 %, heartbeat bursts 25 %, browse and abandon 20 %, inspect 15 %.", OriginKind.Synthetic, 500, TimeSpan.FromMinutes(2), LoadProfiles.Gentle),
        new("profiles-spike", "The same four kinds of use, 1,000 at once.", OriginKind.Synthetic, 1000, TimeSpan.FromMinutes(1), LoadProfiles.Spike),
    ];

    private static LoadTest Smoke(ReadyMadeSize size) => Test(
        s_fair,
        Scenario.Create("viewers", new Audience
        {
            Titles = ["/play/demo/master.m3u8", "/play/demo-live/master.m3u8", "/play/demo/manifest.mpd", "/play/demo-ts/master.m3u8"],
            MeanStaySeconds = 600,
        }).WithLoadSimulations(LoadSimulation.RampingConstant(size.Players, size.Part(0.25)), LoadSimulation.KeepConstant(size.Players, size.Part(0.75))));

    private static LoadTest Evening(ReadyMadeSize size)
    {
        // By Little's law so many are there as come in a second times the seconds they stay. A prime time: up for a third, at its peak for a third, down to a third of it.
        var stay = Math.Min(600, size.Duration.TotalSeconds / 3);
        var peak = size.Players / stay;
        return Test(s_fair, Watching("films", 0.8), Watching("channels", 0.2));

        Scenario Watching(string name, double share) => Scenario.Create(name, new Audience
        {
            Titles = name == "films" ? SyntheticCatalog.Films : SyntheticCatalog.Channels,
            MeanStaySeconds = stay,
            SeeksPerHour = name == "films" ? 6 : 0,
            SeekRangeSeconds = 900,
            ZapsPerHour = name == "films" ? 0 : 10,
            PausesPerHour = name == "films" ? 3 : 0,
            PauseSeconds = 20,
            HandOverShare = 0.02,
        }).WithLoadSimulations(
            LoadSimulation.RampingInject(peak * share, s_second, size.Part(0.33)), LoadSimulation.Inject(peak * share, s_second, size.Part(0.34)), LoadSimulation.RampingInject(peak * share / 3, s_second, size.Part(0.33)));
    }

    private static LoadTest Spike(ReadyMadeSize size) => Test(
        s_fair,
        Scenario.Create("match", new Audience { Titles = [SyntheticCatalog.Channels[0]], MeanStaySeconds = 3600, ShortestStaySeconds = 3600 })
            .WithLoadSimulations(LoadSimulation.Inject(size.Players / 10.0, s_second, TimeSpan.FromSeconds(10)), LoadSimulation.Pause(Rest(size.Duration, 10))));

    private static LoadTest Thunder(ReadyMadeSize size) => Test(
        s_fair,
        Scenario.Create("premiere", new Audience { Titles = [SyntheticCatalog.Films[0]], MeanStaySeconds = 3600, ShortestStaySeconds = 3600 })
            .WithLoadSimulations(LoadSimulation.Inject(size.Players, s_second, s_second), LoadSimulation.Pause(Rest(size.Duration, 1))));

    private static LoadTest SeekStorm(ReadyMadeSize size) => Test(
        [.. s_fair, Threshold.Parse("seek.p95 <= 2000 ms")],
        Steady("seekers", size, new Audience { Titles = SyntheticCatalog.Films, MeanStaySeconds = 600, SeeksPerHour = 240, SeekRangeSeconds = 1100 }));

    private static LoadTest Zap(ReadyMadeSize size) => Test(
        [.. s_fair, Threshold.Parse("seek.p95 <= 2000 ms")],
        Steady("zappers", size, new Audience { Titles = SyntheticCatalog.Channels, MeanStaySeconds = 600, ZapsPerHour = 240, Zipf = 0.5 }));

    private static LoadTest Soak(ReadyMadeSize size) => Test(
        s_fair,
        Steady("films", size with { Players = Math.Max(1, size.Players * 3 / 4) }, new Audience { Titles = SyntheticCatalog.Films, MeanStaySeconds = 600, SeeksPerHour = 6, SeekRangeSeconds = 900, PausesPerHour = 3 }),
        Steady("channels", size with { Players = Math.Max(1, size.Players / 4) }, new Audience { Titles = SyntheticCatalog.Channels, MeanStaySeconds = 600, ZapsPerHour = 10 }));

    private static LoadTest Crowd(ReadyMadeSize size) => Test(
        [.. s_fair, Threshold.Parse("startup.p95 <= 1000 ms")],
        Scenario.Create("crowd", new Audience
        {
            Titles = [SyntheticCatalog.Lean],
            // shaka-player keeps ten seconds ahead, so that what is asked is what is played; hls.js would load the whole film at the start.
            Rules = ImmutableDictionary<RuleSet, double>.Empty.Add(RuleSet.Shaka, 1),
            MeanStaySeconds = 7200,
            ShortestStaySeconds = 7200,
            Reports = false,
        })
            .WithLoadSimulations(LoadSimulation.RampingConstant(size.Players, size.Part(0.5)), LoadSimulation.KeepConstant(size.Players, size.Part(0.5))));

    private static LoadTest RollingDeploy(ReadyMadeSize size) => Disturbed(size, 2, [
        new(size.Part(0.25), DisturbanceKind.DrainGateway), new(size.Part(0.25) + TimeSpan.FromSeconds(6), DisturbanceKind.StopGateway), new(size.Part(0.45), DisturbanceKind.StartGateway),
        new(size.Part(0.6), DisturbanceKind.DrainGateway, 1), new(size.Part(0.6) + TimeSpan.FromSeconds(6), DisturbanceKind.StopGateway, 1), new(size.Part(0.8), DisturbanceKind.StartGateway, 1)]);

    private static LoadTest NodeKill(ReadyMadeSize size) => Disturbed(size, 2, [new(size.Part(0.33), DisturbanceKind.KillGateway), new(size.Part(0.67), DisturbanceKind.StartGateway)]);

    private static LoadTest Peers(ReadyMadeSize size) => Disturbed(size, 3, [
        new(size.Part(0.25), DisturbanceKind.DrainGateway), new(size.Part(0.25) + TimeSpan.FromSeconds(6), DisturbanceKind.StopGateway), new(size.Part(0.4), DisturbanceKind.StartGateway),
        new(size.Part(0.6), DisturbanceKind.KillGateway, 1), new(size.Part(0.75), DisturbanceKind.StartGateway, 1)]) with
    {
        Thresholds = [Threshold.Parse("origin.perSegment <= 1.05"), Threshold.Parse("players.failed <= 1 %"), Threshold.Parse("stalls.share <= 2 %"), Threshold.Parse("startup.p95 <= 5 s")],
    };

    private static LoadTest PeersControl(ReadyMadeSize size) => Peers(size) with
    {
        Surroundings = new Surroundings { ArePeers = false },
        Thresholds = [Threshold.Parse("players.failed <= 1 %"), Threshold.Parse("stalls.share <= 2 %"), Threshold.Parse("startup.p95 <= 5 s")],
    };

    // A channel cannot go on without its origin, and hls.js gives up after a while: what can be asked is that films play on from what is held, and that most come back.
    private static LoadTest OriginOutage(ReadyMadeSize size) =>
        Disturbed(size, 1, [new(size.Part(0.4), DisturbanceKind.OriginDown), new(size.Part(0.4) + TimeSpan.FromSeconds(15), DisturbanceKind.OriginUp)]) with
        {
            Thresholds = [Threshold.Parse("startup.p50 <= 2500 ms"), Threshold.Parse("players.failed <= 25 %"), Threshold.Parse("stalls.share <= 15 %")],
        };

    private static LoadTest Traces(ReadyMadeSize size) => OverLines(size, new LinkChoice { Traces = size.Traces, Kbps = size.Traces is null ? 2000 : 0 });

    private static LoadTest SharedLinks(ReadyMadeSize size) => OverLines(size, new LinkChoice { Traces = size.Traces, Kbps = size.Traces is null ? 8000 : 0, Shared = 4 });

    // Lines of real people fall below every rung at times: nobody can be held to limits that the line breaks.
    private static LoadTest OverLines(ReadyMadeSize size, LinkChoice links) => Test(
        [Threshold.Parse("players.failed <= 1 %"), Threshold.Parse("requests.failed <= 1 %")],
        Steady("films", size, new Audience { Titles = SyntheticCatalog.Films, MeanStaySeconds = 600, ShortestStaySeconds = 60, Links = links }));

    private static LoadTest Disturbed(ReadyMadeSize size, int gateways, ImmutableArray<Disturbance> disturbances) => Test(
        [Threshold.Parse("players.failed <= 1 %"), Threshold.Parse("players.stalled <= 25 %"), Threshold.Parse("stalls.share <= 2 %"), Threshold.Parse("startup.p95 <= 5 s")],
        Steady("films", size with { Players = Math.Max(1, size.Players / 2) }, new Audience { Titles = SyntheticCatalog.Films, MeanStaySeconds = 120, ShortestStaySeconds = 20 }),
        Steady("channels", size with { Players = Math.Max(1, size.Players / 2) }, new Audience { Titles = SyntheticCatalog.Channels, MeanStaySeconds = 120, ShortestStaySeconds = 20 })) with
    {
        Gateways = gateways,
        Disturbances = disturbances,
    };

    private static Scenario Steady(string name, ReadyMadeSize size, Audience audience) =>
        Scenario.Create(name, audience).WithLoadSimulations(LoadSimulation.RampingConstant(size.Players, size.Part(0.1)), LoadSimulation.KeepConstant(size.Players, size.Part(0.9)));

    private static TimeSpan Rest(TimeSpan whole, double seconds) => TimeSpan.FromSeconds(Math.Max(1, whole.TotalSeconds - seconds));

    private static LoadTest Test(ImmutableArray<Threshold> thresholds, params ImmutableArray<Scenario> scenarios) => new() { Name = "", Scenarios = scenarios, Thresholds = thresholds };
}
