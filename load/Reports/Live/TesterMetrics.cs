using System.Diagnostics.Metrics;

namespace Gateway.Load.Reports.Live;

/// <summary>The tester's own series for Prometheus, read from the same snapshots as the terminal: a run can be watched beside the gateway's own dashboards.</summary>
internal sealed class TesterMetrics : IDisposable
{
    /// <summary>Not below <c>Gateway</c>, whose meters a gateway in the same process tells as its own.</summary>
    public const string MeterName = "LoadTester";

    private readonly Meter _meter;

    public TesterMetrics(IMeterFactory meters, Func<RunSnapshot?> look)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableCounter("load.players.arrived", () => look()?.Arrived ?? 0, description: "Players that were to begin by now.");
        _meter.CreateObservableCounter("load.players.failed", () => look()?.Failed ?? 0, description: "Players that gave up.");
        _meter.CreateObservableGauge("load.players.active", () => Levels(look()), description: "Players in each state.");
        _meter.CreateObservableCounter("load.requests", () => look()?.Requests ?? 0, description: "Requests that are over.");
        _meter.CreateObservableCounter("load.errors", () => look()?.Errors ?? 0, description: "Requests without an answer, with a broken body or a status from 400 on.");
        _meter.CreateObservableCounter("load.segments", () => look()?.Segments ?? 0, description: "Media segments loaded.");
        _meter.CreateObservableGauge("load.bitrate.kbps", () => look()?.MeanKbps ?? 0, description: "Mean declared rate of what was loaded last.");
        _meter.CreateObservableGauge("load.startup", () => Quantiles(look()), "s", "Time from wish to picture since the run began.");
        _meter.CreateObservableGauge("load.lateness", () => look()?.Lateness.TotalSeconds ?? 0, "s", "How far the tester is behind its plan at the 99th percentile.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Levels(RunSnapshot? now)
    {
        if (now is null) yield break;
        yield return new Measurement<int>(now.Starting, new KeyValuePair<string, object?>("state", "starting"));
        yield return new Measurement<int>(now.Playing, new KeyValuePair<string, object?>("state", "playing"));
        yield return new Measurement<int>(now.Stalled, new KeyValuePair<string, object?>("state", "stalled"));
        yield return new Measurement<int>(now.Paused, new KeyValuePair<string, object?>("state", "paused"));
    }

    private static IEnumerable<Measurement<double>> Quantiles(RunSnapshot? now)
    {
        if (now is null) yield break;
        yield return new Measurement<double>(now.StartUpP50.TotalSeconds, new KeyValuePair<string, object?>("quantile", "0.5"));
        yield return new Measurement<double>(now.StartUpP95.TotalSeconds, new KeyValuePair<string, object?>("quantile", "0.95"));
    }
}
