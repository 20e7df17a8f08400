using System.Diagnostics.Metrics;

namespace Gateway.Caching.Outages;

/// <summary>Instruments of requests that wait while the origin is away.</summary>
internal sealed class OutageMetrics : IDisposable
{
    public const string MeterName = "Gateway.Caching.Outages";

    private readonly Meter _meter;
    private readonly Counter<long> _holds;

    public OutageMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _holds = _meter.CreateCounter<long>("gateway.cache.outage.holds", "{request}", "Requests that waited, or were to wait, because the origin was away, by what became of them.");
        foreach (var outcome in Enum.GetValues<HoldOutcome>()) _holds.Add(0, Tag(outcome));
    }

    public void Watch(Func<int> held) => _meter.CreateObservableGauge("gateway.cache.outage.held", held, "{request}", "Requests that wait now because the origin is away.");

    public void Ended(HoldOutcome outcome) => _holds.Add(1, Tag(outcome));

    internal bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(HoldOutcome outcome) => new("outcome", outcome.ToString().ToLowerInvariant());
}
