using System.Diagnostics.Metrics;

namespace Gateway.Rollout;

/// <summary>Instruments of the meter <c>Gateway.Rollout</c>.</summary>
internal sealed class RolloutMetrics
{
    private static readonly string[] Triggers = ["session_create", "handoff", "fetch", "deploy", "judge", "operator"];

    private readonly Meter _meter;
    private readonly Counter<long> _reversions;

    public RolloutMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Gateway.Rollout");
        _reversions = _meter.CreateCounter<long>("gateway.rollout.reversions", description: "Reversions of the roll-out that this node has taken over, by what triggered them.");
        // A counter that first appears with the value one shows no increase to Prometheus' rate().
        foreach (var trigger in Triggers) _reversions.Add(0, KeyValuePair.Create("trigger", (object?)trigger));
    }

    /// <summary>Registers the gauges, which call back at each collection.</summary>
    public void Watch(Func<int> stage, Func<bool> isReverted)
    {
        _meter.CreateObservableGauge("gateway.rollout.stage", stage, description: "Stage of the roll-out as this node knows it, 0 to 4.");
        _meter.CreateObservableGauge("gateway.rollout.reverted", () => isReverted() ? 1 : 0, description: "1 while a reversion is in force: new sessions play directly.");
    }

    public void Reverted(string trigger) => _reversions.Add(1, KeyValuePair.Create("trigger", (object?)trigger));
}
