using System.Diagnostics.Metrics;

namespace Gateway.Peers;

/// <summary>Requests between gateways.</summary>
internal sealed class PeerMetrics
{
    public const string MeterName = "Gateway.Peers";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _served;
    private readonly Meter _meter;

    public PeerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _requests = _meter.CreateCounter<long>("gateway.peer.requests", "{request}", "Requests to the gateway that has, or had, an object's title; all but hit and miss went on to the origin.");
        _served = _meter.CreateCounter<long>("gateway.peer.served", "{request}", "Requests of other gateways, by what they got.");
    }

    public void Asked(PeerOutcome outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", Label(outcome)));

    public void Served(PeerAnswer outcome) => _served.Add(1, new KeyValuePair<string, object?>("outcome", Label(outcome)));

    /// <summary>Reports the peers by their health at each scrape.</summary>
    public void Watch(PeerRing ring) => _meter.CreateObservableGauge("gateway.peer.nodes", () => Count(ring), "{node}", "Other gateways that are configured, by what their readiness said last.");

    private static Measurement<int>[] Count(PeerRing ring)
    {
        Span<int> counts = stackalloc int[4];
        foreach (var peer in ring.Peers) counts[(int)peer.Health]++;
        return
        [
            Of(counts[(int)PeerHealth.Unknown], "unknown"), Of(counts[(int)PeerHealth.Ready], "ready"),
            Of(counts[(int)PeerHealth.Draining], "draining"), Of(counts[(int)PeerHealth.Gone], "gone"),
        ];
    }

    private static Measurement<int> Of(int count, string state) => new(count, new KeyValuePair<string, object?>("state", state));

    private static string Label(PeerAnswer answer) => answer switch
    {
        PeerAnswer.Hit => PeerFields.Hit,
        PeerAnswer.Miss => PeerFields.Miss,
        PeerAnswer.None => PeerFields.None,
        _ => "refused",
    };

    private static string Label(PeerOutcome outcome) => outcome switch
    {
        PeerOutcome.Hit => "hit",
        PeerOutcome.Miss => "miss",
        PeerOutcome.None => "none",
        PeerOutcome.Late => "late",
        PeerOutcome.Foreign => "foreign",
        _ => "unreachable",
    };
}
