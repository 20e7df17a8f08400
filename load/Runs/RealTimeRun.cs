using System.Diagnostics;
using Gateway.Load.Links;
using Gateway.Load.Reports;
using Gateway.Load.Reports.Live;
using Gateway.Load.Scenarios;
using Gateway.Load.Targets;
using Spectre.Console;

namespace Gateway.Load.Runs;

/// <summary>One test against a real system: starts the system where none is named, plays, shows, reports.</summary>
internal sealed class RealTimeRun(RunOptions options, IAnsiConsole console, TimeProvider time)
{
    // Connections that no request uses end by themselves; a run does not wait for them.
    private static readonly TimeSpan s_stepPatience = TimeSpan.FromSeconds(30);

    /// <summary>Plays the test to its end, or to Ctrl-C, which ends it early and still reports.</summary>
    public async Task<RunReport> PlayAsync(CancellationToken stop)
    {
        await using var system = options.Target is null ? await StartSystemAsync(stop) : null;
        var origin = options.Target?.GetLeftPart(UriPartial.Authority) ?? system!.Url;
        var target = new RunTarget(origin, system?.Description ?? origin);
        using var loop = new RealTimeLoop(time);
        using var viewers = new ViewerStarter(loop, target.Origin, system?.Known, time);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = new Uri(target.Origin), Timeout = s_stepPatience };
        using var run = new LoadRun(options.Test, loop, target, viewers.Start, disturbance => _ = Task.Run(() => system?.Disturb(disturbance), CancellationToken.None), (client, time));
        using var process = Process.GetCurrentProcess();
        var (machine, cpu, startedAt) = (MachineFacts.Look(), process.TotalProcessorTime, time.GetUtcNow());
        await using var metrics = options.MetricsPort is { } port ? await MetricsEndpoint.StartAsync(port, () => run.Recorder.Latest, stop) : null;
        // What a player weighs is seen while all that are left still play: after a collection, so that only what is held counts.
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        double? perPlayer = null;
        run.BeforeEnd = active => perPlayer = active == 0 ? null : Math.Max(0, (GC.GetTotalMemory(forceFullCollection: true) - heap) / (double)active);
        system?.Origin.Begin();
        await PlayAsync(run, loop, stop);
        process.Refresh();
        if (!options.Quiet && system is not null)
        {
            console.MarkupLine("[grey]Asked of the origin:[/]");
            foreach (var line in system.Origin.Lines()) console.WriteLine(line);
            foreach (var line in await system.CountsAsync()) console.WriteLine($"  asked of peers by {line}");
        }

        var more = system is null ? [] : await system.FiguresAsync();
        return ReportBuilder.Build(options.Test, run, new RunFacts
        {
            Target = target.Description,
            StartedAt = startedAt,
            Duration = loop.Now < options.Test.Duration ? loop.Now : options.Test.Duration,
            IsComplete = !stop.IsCancellationRequested,
            Machine = machine.AfterTheRun(),
            CpuTime = process.TotalProcessorTime - cpu,
            PeakBytes = process.PeakWorkingSet64,
            More = more,
            Origin = system?.Origin.Seconds() ?? [],
            SharedWith = system?.InProcess,
            HeapBytesPerPlayer = system is { SharesHeap: true } ? null : perPlayer,
        });
    }

    private async Task<RunningSystem> StartSystemAsync(CancellationToken stop)
    {
        if (!options.Quiet) console.MarkupLine(options.Test.Gateways > 1 ? $"[grey]Starting {options.Test.Gateways} gateways behind HAProxy, and an origin …[/]" : "[grey]Starting a gateway and an origin for it …[/]");
        return await RunningSystem.StartAsync(options.Origin, options.Test.Gateways, options.Test.Surroundings, options.Knobs, time, stop);
    }

    private async Task PlayAsync(LoadRun run, RealTimeLoop loop, CancellationToken stop)
    {
        using var over = new CancellationTokenSource();
        await using var aborts = stop.Register(run.Abort);
        // From here on the loop's own thread is the only one that touches the run.
        run.Begin();
        var playing = Task.Run(() => loop.RunAsync(over.Token), CancellationToken.None);
        var showing = options.Quiet
            ? Task.CompletedTask
            : new RunDisplay(options.Test.Name, options.Test.Duration, () => run.Recorder.Latest, time).ShowAsync(console, over.Token);
        await Task.WhenAny(run.Ended, playing);
        await over.CancelAsync();
        await Task.WhenAll(playing, showing);
    }
}
