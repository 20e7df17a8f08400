using System.Collections.Immutable;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Pacing;
using Gateway.Load.Players;
using Gateway.Load.Scenarios;

namespace Gateway.Load.OriginFaults;

/// <summary>
/// Who watches: each viewer a title of its own, so that nobody is served what another has fetched, over a line that carries the highest rung many times. The plans of both sides are drawn from the same seed.
/// </summary>
internal static class OriginFaultsAudience
{
    private const double Seconds = 2;

    private static readonly ImmutableArray<RungShape> s_rungs = [new(300, 270), new(800, 360), new(1500, 540)];

    private static readonly LinkChoice s_goodLine = new() { Kbps = 10_000, RttMs = 40 };

    private static readonly ImmutableArray<(string Name, RuleSet Rules, bool IsLive, string Manifest)> s_kinds =
    [
        ("film-hlsjs", RuleSet.HlsJs, false, "master.m3u8"),
        ("film-dashjs", RuleSet.DashJs, false, "manifest.mpd"),
        ("film-shaka", RuleSet.Shaka, false, "manifest.mpd"),
        ("film-throughput", RuleSet.Throughput, false, "master.m3u8"),
        ("film-fixed", RuleSet.Fixed, false, "master.m3u8"),
        ("live-hlsjs", RuleSet.HlsJs, true, "master.m3u8"),
        ("live-shaka", RuleSet.Shaka, true, "master.m3u8"),
    ];

    /// <summary>Number of kinds.</summary>
    public static int Count => s_kinds.Length;

    /// <summary>Names of the kinds, in the order of the table.</summary>
    public static IEnumerable<string> Kinds => s_kinds.Select(static k => k.Name);

    public static string KindOf(string scenario) => scenario[..scenario.LastIndexOf('-')];

    public static IEnumerable<TitleShape> Titles(int viewers, TimeSpan duration)
    {
        for (var i = 0; i < viewers; i++)
        {
            yield return new TitleShape
            {
                Name = TitleOf(i),
                Rungs = s_rungs,
                AudioKbps = 0,
                SegmentSeconds = Seconds,
                Segments = (int)(duration.TotalSeconds / Seconds) + 60,
                IsLive = s_kinds[i % s_kinds.Length].IsLive,
                Seed = i + 1,
            };
        }
    }

    /// <param name="prefix">Of paths at the target: empty at the origin.</param>
    /// <param name="isHere">Which of the viewers, by ordinal.</param>
    public static LoadTest Test(string name, int viewers, TimeSpan duration, int seed, string prefix, Predicate<int> isHere) => new()
    {
        Name = name,
        Seed = seed,
        Scenarios = [.. Enumerable.Range(0, viewers).Where(i => isHere(i)).Select(i => Viewer(i, duration, prefix))],
    };

    private static string TitleOf(int viewer) => $"own-{viewer:000}";

    private static Scenario Viewer(int viewer, TimeSpan duration, string prefix)
    {
        var kind = s_kinds[viewer % s_kinds.Length];
        var audience = new Audience
        {
            Titles = [$"{prefix}/{TitleOf(viewer)}/{kind.Manifest}"],
            Rules = ImmutableDictionary<RuleSet, double>.Empty.Add(kind.Rules, 1),
            MeanStaySeconds = duration.TotalSeconds * 2,
            ShortestStaySeconds = duration.TotalSeconds * 2,
            Reports = false,
            FixedRung = 1,
            Links = s_goodLine,
        };
        return Scenario.Create($"{kind.Name}-{viewer}", audience).WithLoadSimulations(LoadSimulation.KeepConstant(1, duration));
    }
}
