using System.Diagnostics.Metrics;
using Gateway.Hosting;

namespace Gateway.Connections;

/// <summary>Instruments of the meter <c>Gateway.Connections</c>. Kestrel creates it before any listener exists, so its counter is an observable one: the first zero of another would be lost.</summary>
internal sealed class ConnectionMetrics
{
    private static readonly KeyValuePair<string, object?> OfStalled = new("reason", "stalled");
    private static readonly KeyValuePair<string, object?> OfMemory = new("reason", "memory");

    private static readonly KeyValuePair<string, object?> OfLent = new("way", "lent");
    private static readonly KeyValuePair<string, object?> OfCopied = new("way", "copied");

    private const int Lent = 0;
    private const int Copied = 1;

    private long _stalled;
    private long _memory;
    private readonly StripedCounts _sent = new(Copied + 1);

    public ConnectionMetrics(IMeterFactory meters, ConnectionMemory memory)
    {
        var meter = meters.Create("Gateway.Connections");
        meter.CreateObservableCounter("gateway.connections.cut", Measure, description: "Clients that were cut because they took nothing, or too slowly while memory was short.");
        meter.CreateObservableCounter("gateway.connections.sent", MeasureSent, "By", "Bytes of connections that the gateway sends by itself (Connections:LendBlocks), before encryption: from cached blocks as they lie, or copied into buffers.");
        meter.CreateObservableGauge("gateway.connections.memory", () => memory.Lent, "By", "Bytes that clients' connections hold.");
        meter.CreateObservableGauge("gateway.connections.waiting", () => memory.Waiting, "By", "Bytes that clients were sent and have not taken: in buffers of connections, in lent blocks of the cache, and in the kernel.");
        meter.CreateObservableGauge("gateway.connections.memory.limit", () => memory.Limit, "By", "Bytes that clients' connections may hold.");
    }

    public void Cut(CutReason reason) => Interlocked.Increment(ref reason == CutReason.Stalled ? ref _stalled : ref _memory);

    /// <summary>Bytes were sent.</summary>
    public void Sent(long lent, long copied)
    {
        if (lent > 0) _sent.Add(Lent, lent);
        if (copied > 0) _sent.Add(Copied, copied);
    }

    private Measurement<long>[] MeasureSent() => [new(_sent[Lent], OfLent), new(_sent[Copied], OfCopied)];

    private Measurement<long>[] Measure() => [new(Volatile.Read(ref _stalled), OfStalled), new(Volatile.Read(ref _memory), OfMemory)];
}
