using System.Diagnostics.Metrics;

namespace Gateway.Prefetch;

/// <summary>Instruments of the meter <c>Gateway.Prefetch</c>.</summary>
internal sealed class PrefetchMetrics
{
    private readonly Counter<long> _segments;

    public PrefetchMetrics(IMeterFactory meters)
    {
        _segments = meters.Create("Gateway.Prefetch").CreateCounter<long>(
            "gateway.prefetch", description: "Segments fetched ahead of demand, by what became of them.");
        foreach (var outcome in Enum.GetValues<PrefetchOutcome>()) _segments.Add(0, KeyValuePair.Create("outcome", (object?)Word(outcome)));
    }

    public void Ended(PrefetchOutcome outcome) => _segments.Add(1, KeyValuePair.Create("outcome", (object?)Word(outcome)));

    private static string Word(PrefetchOutcome outcome) => outcome switch
    {
        PrefetchOutcome.Used => "used",
        PrefetchOutcome.Wasted => "wasted",
        PrefetchOutcome.Failed => "failed",
        _ => "dropped",
    };
}
