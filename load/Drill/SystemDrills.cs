using System.Collections.Immutable;
using System.Globalization;
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
    private const long MiB = 1L << 20;

    /// <summary>What the container of a gateway has, and how much is to go through it.</summary>
    private const long Memory = 512 * MiB;

    /// <summary>Nobody is lost, a picture of after the event is there in time, and at the end all is in order without a hand.</summary>
    private static readonly ImmutableArray<Threshold> s_always =
    [
        Threshold.Parse("players.failed <= 0 %"), Threshold.Parse("startup.p95 <= 5 s"),
        Threshold.Parse("gateways.diedByThemselves <= 0"), Threshold.Parse("end.requestsFailed <= 1 %"), Threshold.Parse("end.standing <= 1 %"),
    ];

    /// <summary>The longer segment of the titles that are played.</summary>
    private static readonly Threshold s_oneSegment = Threshold.Parse("stalls.mostOfAPlayerNet <= 4 s");

    private static readonly Threshold s_none = Threshold.Parse("stalls.mostOfAPlayerNet <= 0 s");

    private static readonly Threshold s_allBack = Threshold.Parse("gateways.ready >= 3");

    public static ImmutableArray<ReadyMadeTest> All { get; } =
    [
        Drill("kill", "SIGKILL of one of three gateways, and its return: nobody stands still for longer than a segment.", 90, Kill),
        Drill("deploy", "SIGTERM and return of each of three gateways in turn: nobody stands still.", 120, Deploy),
        Drill("balancer", "HAProxy is killed and started again: nobody stands still for longer than a segment.", 60, Balancer),
        Drill("origin-away", "The origin answers 503 to everything for fifteen seconds.", 90, static size => Origin(size, DisturbanceKind.OriginDown, "25 %")),
        Drill("origin-slow", "The origin takes two seconds longer for everything for fifteen seconds.", 90, static size => Origin(size, DisturbanceKind.OriginSlow, "0 %")),
        Drill("origin-lying", "Every second body of the origin ends in the middle for fifteen seconds.", 90, static size => Origin(size, DisturbanceKind.OriginLying, "0 %")),
        Drill("postgres-away", "PostgreSQL is cut off for a minute: nobody who watches notices, and sessions can be made again when it is back.", 150, PostgresAway),
        Drill("disk-full", "The disk tier fills file systems that are smaller than it was told, until somebody makes room: nobody notices, and the disks are used again.", 150, DiskFull),
        Drill("clock-ahead", "The clock of one of three gateways is an hour ahead: nobody notices.", 90, ClockAhead),
        Drill("packet-loss", "The viewers sit behind a line of 300 ms that loses one packet in a hundred each way.", 120, PacketLoss) with { Players = 60 },
        Drill("memory-limit", "One gateway in 512 MiB, with ten times that streamed through it: nothing is killed.", 180, MemoryLimit),
    ];

    private static ReadyMadeTest Drill(string name, string summary, int seconds, Func<ReadyMadeSize, LoadTest> build) =>
        new(name, summary, OriginKind.Synthetic, 200, TimeSpan.FromSeconds(seconds), build);

    private static LoadTest Kill(ReadyMadeSize size) => Test(size, [s_oneSegment, s_allBack], new(size.Part(0.4), DisturbanceKind.KillGateway), new(size.Part(0.65), DisturbanceKind.StartGateway));

    private static LoadTest Deploy(ReadyMadeSize size) => Test(
        size,
        [s_none, s_allBack],
        new(size.Part(0.2), DisturbanceKind.StopGateway), new(size.Part(0.32), DisturbanceKind.StartGateway),
        new(size.Part(0.45), DisturbanceKind.StopGateway, 1), new(size.Part(0.57), DisturbanceKind.StartGateway, 1),
        new(size.Part(0.7), DisturbanceKind.StopGateway, 2), new(size.Part(0.82), DisturbanceKind.StartGateway, 2));

    private static LoadTest Balancer(ReadyMadeSize size) => Test(size, [s_oneSegment, s_allBack], new Disturbance(size.Part(0.5), DisturbanceKind.RestartBalancer));

    /// <summary>
    /// A channel cannot go on without its origin: how long it stands is told and not judged. Who gives up does not come back: somebody new in each freed place, many times a second, would be most of those who are counted.
    /// </summary>
    /// <param name="size">How many, how long.</param>
    /// <param name="kind">What is wrong with it.</param>
    /// <param name="lost">Most who may be lost: of the films those players that give up at the first segment that does not come, about half, may be when what was fetched ahead is played (twelve seconds at most).</param>
    private static LoadTest Origin(ReadyMadeSize size, DisturbanceKind kind, string lost) =>
        Test(size, [], new(size.Part(0.4), kind), new(size.Part(0.4) + TimeSpan.FromSeconds(15), DisturbanceKind.OriginUp)) with
        {
            Scenarios = [Coming("films", SyntheticCatalog.Films, size), Coming("channels", SyntheticCatalog.Channels, size)],
            Thresholds =
            [
                Threshold.Parse($"players.failed <= {lost}"), Threshold.Parse("stalls.share <= 15 %"), s_allBack,
                Threshold.Parse("gateways.diedByThemselves <= 0"), Threshold.Parse("end.requestsFailed <= 1 %"), Threshold.Parse("end.standing <= 1 %"),
            ],
        };

    private static LoadTest PostgresAway(ReadyMadeSize size)
    {
        var (gone, back) = (size.Part(0.25), size.Part(0.65));
        var test = Test(size, [s_none, s_allBack, Threshold.Parse("sessions.createBefore.success >= 99 %"), Threshold.Parse("sessions.createAfter.success >= 99 %")], new(gone, DisturbanceKind.StopDatabase), new(back, DisturbanceKind.StartDatabase));
        return test with
        {
            Scenarios = [.. test.Scenarios, SessionLoop.Of(Math.Max(1, size.Players / 20), size.Duration, gone, back)],
            Surroundings = new Surroundings { HasDatabase = true },
        };
    }

    /// <summary>So much is asked for twice at each of three gateways within half a minute.</summary>
    private static LoadTest DiskFull(ReadyMadeSize size) =>
        Test(size, [s_none, s_allBack, Threshold.Parse("disk.inTrouble >= 3"), Threshold.Parse("disk.working >= 3")], new Disturbance(size.Part(0.5), DisturbanceKind.EnlargeDisks)) with
        {
            Surroundings = new Surroundings { DiskBytes = 24 * MiB },
        };

    private static LoadTest ClockAhead(ReadyMadeSize size) =>
        Test(size, [s_none, s_allBack, Threshold.Parse("clock.ahead >= 3590 s")]) with { Surroundings = new Surroundings { SecondClockAhead = TimeSpan.FromHours(1) } };

    /// <summary>One connection carries some 500 kbit/s over such a line: the lowest rung can be asked for, and no start at once.</summary>
    private static LoadTest PacketLoss(ReadyMadeSize size) =>
        Test(size, []) with
        {
            Surroundings = new Surroundings { Line = new BadLine(TimeSpan.FromMilliseconds(300), 0.01) },
            Thresholds =
            [
                Threshold.Parse("players.failed <= 0 %"), Threshold.Parse("startup.p95 <= 10 s"), Threshold.Parse("stalls.share <= 2 %"), Threshold.Parse("line.lost >= 0.5 %"), s_allBack,
                Threshold.Parse("gateways.diedByThemselves <= 0"), Threshold.Parse("end.requestsFailed <= 1 %"),
            ],
        };

    private static LoadTest MemoryLimit(ReadyMadeSize size) =>
        Test(size, [s_none, Threshold.Parse("gateways.ready >= 1"), Threshold.Parse("memory.kills <= 0"), Limit("memory.cacheLimit <=", Memory / 4), Limit("memory.peak <=", Memory), Limit("requests.bytes >=", 10 * Memory)]) with
        {
            Gateways = 1,
            Surroundings = new Surroundings { MemoryBytes = Memory },
        };

    private static Threshold Limit(string comparison, long bytes) => Threshold.Parse(string.Create(CultureInfo.InvariantCulture, $"{comparison} {bytes}"));

    private static LoadTest Test(ReadyMadeSize size, ImmutableArray<Threshold> more, params ImmutableArray<Disturbance> disturbances) => new()
    {
        Name = "",
        Scenarios = [Watching("films", SyntheticCatalog.Films, size), Watching("channels", SyntheticCatalog.Channels, size)],
        Thresholds = [.. s_always, .. more],
        Gateways = 3,
        Disturbances = disturbances,
        IsHarderWhenLate = true,
    };

    /// <summary>All the time so many: who is lost is followed by another.</summary>
    private static Scenario Watching(string name, ImmutableArray<string> titles, ReadyMadeSize size) =>
        Scenario.Create(name, Stayers(titles))
            .WithLoadSimulations(LoadSimulation.RampingConstant(Math.Max(1, size.Players / 2), size.Part(0.1)), LoadSimulation.KeepConstant(Math.Max(1, size.Players / 2), size.Part(0.9)));

    /// <summary>So many in all.</summary>
    private static Scenario Coming(string name, ImmutableArray<string> titles, ReadyMadeSize size) =>
        Scenario.Create(name, Stayers(titles))
            .WithLoadSimulations(LoadSimulation.Inject(Math.Max(1, size.Players / 2), size.Part(0.1), size.Part(0.1)), LoadSimulation.Pause(size.Part(0.9)));

    private static Audience Stayers(ImmutableArray<string> titles) => new() { Titles = titles, MeanStaySeconds = 3600, ShortestStaySeconds = 3600 };
}
