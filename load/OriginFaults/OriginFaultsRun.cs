using Gateway.Load.Links;
using Gateway.Load.Players;
using Gateway.Load.Reports;
using Gateway.Load.Runs;
using Gateway.Load.Scenarios;
using Gateway.Load.Targets;
using Microsoft.Extensions.Logging;

namespace Gateway.Load.OriginFaults;

/// <summary>
/// The same viewers twice at the same time, over real sockets: straight at an origin that fails by plan, half of them at each of its two destinations, and behind a gateway that has both.
/// </summary>
internal sealed class OriginFaultsRun(FaultPlan plan, int viewers, TimeSpan duration, IReadOnlyList<string> knobs, TimeProvider time)
{
    public async Task<OriginFaultsResult> PlayAsync(CancellationToken stop)
    {
        var titles = new SyntheticOrigin(OriginFaultsAudience.Titles(viewers, duration), time);
        await using var one = await FaultyDestination.StartAsync(plan, 0, titles, time, stop);
        await using var other = await FaultyDestination.StartAsync(plan, 1, titles, time, stop);
        using var levers = new LeverCounts();
        await using var gateway = Gateway.Program.Build(
            [.. GatewayKnobs.For(one.Url, [$"--ReverseProxy:Clusters:origin:Destinations:b:Address={other.Url}/", .. knobs]), "--urls=http://127.0.0.1:0"], static builder => builder.Logging.ClearProviders());
        await gateway.StartAsync(stop);
        one.Begin();
        other.Begin();
        var sides = await Task.WhenAll(
            SideAsync("straight-0", one.Url, "", static i => i / OriginFaultsAudience.Count % 2 == 0, titles, stop),
            SideAsync("straight-1", other.Url, "", static i => i / OriginFaultsAudience.Count % 2 == 1, titles, stop),
            SideAsync("behind", gateway.Urls.First(), "/play", static _ => true, titles, stop));
        await gateway.StopAsync(CancellationToken.None);
        return Compare([.. sides[0].Rows, .. sides[1].Rows], sides[0].WrongBytes + sides[1].WrongBytes, sides[2].Rows, sides[2].WrongBytes, sides.Max(static s => s.Lateness)) with { Levers = levers.Current };
    }

    private async Task<Side> SideAsync(string name, string url, string prefix, Predicate<int> isHere, IKnownTitles known, CancellationToken stop)
    {
        var test = OriginFaultsAudience.Test(name, viewers, duration, plan.Seed, prefix, isHere);
        if (test.Scenarios.IsEmpty) return new Side([], 0, 0);
        using var loop = new RealTimeLoop(time);
        using var starter = new ViewerStarter(loop, url, known, time);
        using var run = new LoadRun(test, loop, new RunTarget(url, name), starter.Start, static _ => { }, null);
        using var over = new CancellationTokenSource();
        await using var aborts = stop.Register(run.Abort);
        run.Begin();
        var playing = Task.Run(() => loop.RunAsync(over.Token), CancellationToken.None);
        await Task.WhenAny(run.Ended, playing);
        await over.CancelAsync();
        await playing;
        var faults = run.Recorder.Faults;
        return new Side(run.Recorder.Rows, faults[(int)PlayerFault.WrongBytes] + faults[(int)PlayerFault.WrongLength], run.Lateness.Timers.ValueAt(0.99) / 1000.0);
    }

    private OriginFaultsResult Compare(IReadOnlyList<PlayerRow> straight, long wrongStraight, IReadOnlyList<PlayerRow> behind, long wrongBehind, double lateness)
    {
        var rows = new List<OriginFaultsRow>();
        foreach (var kind in OriginFaultsAudience.Kinds) rows.Add(OriginFaultsRow.Of(kind, OriginFaultsSide.Of(Those(straight, kind), 0), OriginFaultsSide.Of(Those(behind, kind), 0)));
        foreach (var group in (string[])[OriginFaultsResult.Live, OriginFaultsResult.Films])
            rows.Add(OriginFaultsRow.Of(group, OriginFaultsSide.Of(Those(straight, group), wrongStraight), OriginFaultsSide.Of(Those(behind, group), wrongBehind)));
        return new OriginFaultsResult(plan, duration.TotalSeconds, knobs, rows, new Dictionary<string, long>(StringComparer.Ordinal), lateness);
    }

    private static PlayerRow[] Those(IReadOnlyList<PlayerRow> rows, string kind) => [.. rows.Where(r => OriginFaultsAudience.KindOf(r.Scenario) is var own && (own == kind || own[..own.IndexOf('-', StringComparison.Ordinal)] == kind))];

    private sealed record Side(IReadOnlyList<PlayerRow> Rows, long WrongBytes, double Lateness);
}
