using System.Diagnostics.Metrics;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout;

/// <summary>Instruments of the meter <c>Gateway.Rollout</c>.</summary>
internal sealed class RolloutMetrics
{
    private static readonly string[] Triggers = ["session_create", "handoff", "fetch", "deploy", "judge", "operator"];

    private static readonly string[] Metrics = [.. Judge.Of(new JudgePlan { Share = 0.5 }, new JudgeState(1)).Evidence.Select(e => e.Metric)];

    private readonly Meter _meter;
    private readonly Counter<long> _reversions;

    public RolloutMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Gateway.Rollout");
        _reversions = _meter.CreateCounter<long>("gateway.rollout.reversions", description: "Reversions of the roll-out that this node has taken over, by what triggered them.");
        _meter.CreateObservableGauge("gateway.rollout.stage", () => State().Stage, description: "Stage of the roll-out as this node knows it, 0 to 4.");
        _meter.CreateObservableGauge("gateway.rollout.reverted", () => State().IsReverted ? 1 : 0, description: "1 while a reversion is in force: new sessions play directly.");
        _meter.CreateObservableGauge("gateway.rollout.evidence", Evidence, description: "How far the evidence of harm is on the way to a reversion, by metric: 0 none, 1 reverts; on the scale of the logarithm.");
        _meter.CreateObservableGauge("gateway.rollout.sessions", Sessions, description: "Sessions of the wave that were judged, on all gateways, by the side of the comparison.");
        _meter.CreateObservableGauge("gateway.rollout.sample_ratio_mismatch", () => Comparison()?.Verdict is { SampleRatio.IsKept: false } ? 1 : 0, description: "1 while the sides of the comparison have other shares of the sessions than planned: nothing is promoted then, and harm goes by the slower evidence that takes no share for granted.");
        // A counter that first appears with the value one shows no increase to Prometheus' rate().
        foreach (var trigger in Triggers) _reversions.Add(0, KeyValuePair.Create("trigger", (object?)trigger));
    }

    /// <summary>What the gauges of stage and reversion tell at each collection.</summary>
    public Func<(int Stage, bool IsReverted)> State { get; set; } = static () => default;

    /// <summary>What the gauges of the comparison tell; null before the first look, or with nothing to compare.</summary>
    public Func<(JudgeState Counts, Verdict? Verdict)?> Comparison { get; set; } = static () => null;

    public void Reverted(string trigger) => _reversions.Add(1, KeyValuePair.Create("trigger", (object?)trigger));

    /// <summary>Zeros where nothing is compared, else the last wave's evidence would seem to stay.</summary>
    private IEnumerable<Measurement<double>> Evidence()
    {
        var now = Comparison()?.Verdict?.Evidence;
        foreach (var metric in Metrics)
            yield return new Measurement<double>(now?.FirstOrDefault(e => string.Equals(e.Metric, metric, StringComparison.Ordinal))?.Progress ?? 0, KeyValuePair.Create("metric", (object?)metric));
    }

    private IEnumerable<Measurement<long>> Sessions()
    {
        var counts = Comparison()?.Counts;
        yield return new Measurement<long>(counts?.Treatment.Sessions ?? 0, KeyValuePair.Create("arm", (object?)"treatment"));
        yield return new Measurement<long>(counts?.Control.Sessions ?? 0, KeyValuePair.Create("arm", (object?)"control"));
    }
}
