using System.Collections.Immutable;
using Gateway.Load.Pacing;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;

namespace Gateway.Load.Drill;

/// <summary>
/// What happens to a system in its life, with real processes: three gateways that are peers behind HAProxy, an origin, and viewers of films and channels. Each drill passes by what its viewers saw: no wrong
/// byte, nobody lost, no more standing picture than the event is worth, and everything in order again without a hand.
/// </summary>
internal static class SystemDrills
{
    /// <summary>Time in which a picture of after the event has to be there.</summary>
    private static readonly ImmutableArray<Threshold> s_always = [Threshold.Parse("players.failed <= 0 %"), Threshold.Parse("startup.p95 <= 5 s")];

    /// <summary>The longer segment of the titles that are played.</summary>
    private static readonly Threshold s_oneSegment = Threshold.Parse("stalls.mostOfAPlayer <= 4 s");

    private static readonly Threshold s_none = Threshold.Parse("stalls.mostOfAPlayer <= 0 s");

    public static ImmutableArray<ReadyMadeTest> All { get; } =
    [
        Drill("kill", "SIGKILL of one of three gateways, and its return: nobody stands still for longer than a segment.", 90, Kill),
        Drill("deploy", "SIGTERM and return of each of three gateways in turn: nobody stands still.", 120, Deploy),
        Drill("balancer", "HAProxy is killed and started again: nobody stands still for longer than a segment.", 60, Balancer),
        Drill("origin-away", "The origin answers 503 to everything for fifteen seconds.", 90, size => Origin(size, DisturbanceKind.OriginDown)),
        Drill("origin-slow", "The origin takes two seconds longer for everything for fifteen seconds.", 90, size => Origin(size, DisturbanceKind.OriginSlow)),
        Drill("origin-lying", "Every second body of the origin ends in the middle for fifteen seconds.", 90, size => Origin(size, DisturbanceKind.OriginLying)),
    ];

    private static ReadyMadeTest Drill(string name, string summary, int seconds, Func<ReadyMadeSize, LoadTest> build) =>
        new(name, summary, OriginKind.Synthetic, 200, TimeSpan.FromSeconds(seconds), build);

    private static LoadTest Kill(ReadyMadeSize size) => Test(size, [s_oneSegment], new(size.Part(0.4), DisturbanceKind.KillGateway), new(size.Part(0.65), DisturbanceKind.StartGateway));

    private static LoadTest Deploy(ReadyMadeSize size) => Test(
        size,
        [s_none],
        new(size.Part(0.2), DisturbanceKind.StopGateway), new(size.Part(0.32), DisturbanceKind.StartGateway),
        new(size.Part(0.45), DisturbanceKind.StopGateway, 1), new(size.Part(0.57), DisturbanceKind.StartGateway, 1),
        new(size.Part(0.7), DisturbanceKind.StopGateway, 2), new(size.Part(0.82), DisturbanceKind.StartGateway, 2));

    private static LoadTest Balancer(ReadyMadeSize size) => Test(size, [s_oneSegment], new Disturbance(size.Part(0.5), DisturbanceKind.RestartBalancer));

    /// <summary>A channel cannot go on without its origin: how long it stands is told and not judged.</summary>
    private static LoadTest Origin(ReadyMadeSize size, DisturbanceKind kind) =>
        Test(size, [], new(size.Part(0.4), kind), new(size.Part(0.4) + TimeSpan.FromSeconds(15), DisturbanceKind.OriginUp)) with { Thresholds = [Threshold.Parse("players.failed <= 25 %"), Threshold.Parse("stalls.share <= 15 %")] };

    private static LoadTest Test(ReadyMadeSize size, ImmutableArray<Threshold> more, params ImmutableArray<Disturbance> disturbances) => new()
    {
        Name = "",
        Scenarios = [Watching("films", SyntheticCatalog.Films, size), Watching("channels", SyntheticCatalog.Channels, size)],
        Thresholds = [.. s_always, .. more],
        Gateways = 3,
        Disturbances = disturbances,
    };

    private static Scenario Watching(string name, ImmutableArray<string> titles, ReadyMadeSize size) =>
        Scenario.Create(name, new Audience { Titles = titles, MeanStaySeconds = 3600, ShortestStaySeconds = 3600 })
            .WithLoadSimulations(LoadSimulation.RampingConstant(Math.Max(1, size.Players / 2), size.Part(0.1)), LoadSimulation.KeepConstant(Math.Max(1, size.Players / 2), size.Part(0.9)));
}
