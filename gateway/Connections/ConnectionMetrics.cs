using System.Diagnostics.Metrics;

namespace Gateway.Connections;

/// <summary>Instruments of the meter <c>Gateway.Connections</c>.</summary>
internal sealed class ConnectionMetrics
{
    private readonly Counter<long> _cut;

    public ConnectionMetrics(IMeterFactory meters, ConnectionMemory memory)
    {
        var meter = meters.Create("Gateway.Connections");
        _cut = meter.CreateCounter<long>("gateway.connections.cut", description: "Clients that were cut because they took nothing, or too slowly while memory was short.");
        meter.CreateObservableGauge("gateway.connections.memory", () => memory.Lent, "By", "Bytes that clients' connections hold.");
        meter.CreateObservableGauge("gateway.connections.memory.limit", () => memory.Limit, "By", "Bytes that clients' connections may hold.");
        foreach (var reason in Enum.GetValues<CutReason>()) _cut.Add(0, Tag(reason));
    }

    public void Cut(CutReason reason) => _cut.Add(1, Tag(reason));

    private static KeyValuePair<string, object?> Tag(CutReason reason) => new("reason", reason == CutReason.Stalled ? "stalled" : "memory");
}
