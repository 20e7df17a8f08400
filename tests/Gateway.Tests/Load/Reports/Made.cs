using Gateway.Load.Pacing;
using Gateway.Load.Players;
using Gateway.Load.Reports;

namespace Gateway.Tests.Load.Reports;

/// <summary>Reports made by hand.</summary>
internal static class Made
{
    public static PlayerRow Player(int ordinal, double startUpMs = 500, double stallMs = 0, double kbps = 1000) => new()
    {
        Scenario = "viewers",
        Ordinal = ordinal,
        Title = "/play/a/master.m3u8",
        Rules = RuleSet.HlsJs,
        IntendedSeconds = ordinal,
        StartUpMs = startUpMs,
        WaitedMs = startUpMs,
        Stalls = stallMs > 0 ? 1 : 0,
        StallMs = stallMs,
        PlayedMs = 60_000,
        MeanKbps = kbps,
        Requests = 20,
        Segments = 15,
        Bytes = 1_000_000,
    };

    public static RunReport Report(IReadOnlyList<PlayerRow> players, string plan = "p") => new()
    {
        Test = "made",
        Target = "http://127.0.0.1",
        StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        DurationSeconds = 60,
        Seed = 1,
        Plan = plan,
        Machine = new MachineFacts { Processor = "A", Cores = 2 },
        Tester = new TesterCost(1, 1 << 20, SharedWith: null, 100),
        Thresholds = [],
        Figures = [],
        Requests = [],
        StartUp = [],
        Timeline = TimelineReport.Of(new Timeline(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1), []),
        Marks = [],
        Players = players,
    };

    /// <summary>Players whose start-up is drawn around a mean.</summary>
    public static RunReport Drawn(int count, double meanMs, ulong seed, string plan = "p")
    {
        var random = new SeededRandom(seed);
        return Report([.. Enumerable.Range(0, count).Select(i => Player(i, random.NextExponential(meanMs), random.NextDouble() < 0.1 ? random.NextExponential(3000) : 0))], plan);
    }
}
