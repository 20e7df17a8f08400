using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gateway.Load.OriginFaults;

/// <summary>How often the gateway in this process did something about its origin, from its own counters.</summary>
internal sealed class LeverCounts : IDisposable
{
    private static readonly string[] s_counters = ["gateway.origin.hedges", "gateway.origin.continuations", "gateway.origin.queued", "gateway.origin.retries", "gateway.prefetch.deepened"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public LeverCounts()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (Array.IndexOf(s_counters, instrument.Name) >= 0) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
    }

    /// <summary>By the counter's name and its outcome.</summary>
    public SortedDictionary<string, long> Current => new(_counts, StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (value == 0) return;
        var name = instrument.Name;
        foreach (var tag in tags)
        {
            if (tag.Key == "outcome") name = $"{name}.{tag.Value}";
        }

        _counts.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
