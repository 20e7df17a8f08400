using System.Diagnostics.Metrics;
using Gateway.Caching.Fetching;

namespace Gateway.Prefetch;

/// <summary>Instruments of the meter <c>Gateway.Prefetch</c>.</summary>
internal sealed class PrefetchMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _segments;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _indexes;
    private readonly Counter<long> _deepened;

    public PrefetchMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Gateway.Prefetch");
        _segments = _meter.CreateCounter<long>("gateway.prefetch", description: "Segments fetched ahead of demand, by what became of them.");
        _bytes = _meter.CreateCounter<long>("gateway.prefetch.bytes", "By", "Bytes fetched ahead of demand, by what became of them.");
        _indexes = _meter.CreateCounter<long>("gateway.prefetch.indexes", description: "Indexes of files that were read to know what follows, by what came of it.");
        _deepened = _meter.CreateCounter<long>("gateway.prefetch.deepened", description: "Media requests after which more segments than usual were fetched ahead, because the origin is slow.");
        _deepened.Add(0);
        foreach (var outcome in Enum.GetValues<IndexOutcome>()) _indexes.Add(0, Tag(outcome));
        foreach (var outcome in Enum.GetValues<PrefetchOutcome>())
        {
            _segments.Add(0, Tag(outcome));
            _bytes.Add(0, Tag(outcome));
        }
    }

    public void Watch(Func<int> running, Func<long> unused)
    {
        _meter.CreateObservableGauge("gateway.prefetch.running", running, "{fetch}", "Fetches ahead of demand that are under way.");
        _meter.CreateObservableGauge("gateway.prefetch.unused", unused, "By", "Bytes held that were fetched ahead and that nobody has asked for so far.");
    }

    /// <summary>Counts an item that was never fetched.</summary>
    public void Ended(PrefetchOutcome outcome) => _segments.Add(1, Tag(outcome));

    /// <summary>Counts the ending of a prefetch.</summary>
    public void Ended(PrefetchEnding ending, long bytes)
    {
        var tag = Tag(OutcomeOf(ending));
        _segments.Add(1, tag);
        _bytes.Add(bytes, tag);
    }

    /// <summary>Counts a deeper lookahead.</summary>
    public void Deepened() => _deepened.Add(1);

    /// <summary>Counts the outcome of reading a file's index.</summary>
    public void Indexed(IndexOutcome outcome) => _indexes.Add(1, Tag(outcome));

    private static KeyValuePair<string, object?> Tag(IndexOutcome outcome) => KeyValuePair.Create("outcome", (object?)Label(outcome));

    private static KeyValuePair<string, object?> Tag(PrefetchOutcome outcome) => KeyValuePair.Create("outcome", (object?)Label(outcome));

    private static PrefetchOutcome OutcomeOf(PrefetchEnding ending) => ending switch
    {
        PrefetchEnding.Used => PrefetchOutcome.Used,
        PrefetchEnding.Wasted => PrefetchOutcome.Wasted,
        PrefetchEnding.GivenUp => PrefetchOutcome.Dropped,
        _ => PrefetchOutcome.Failed,
    };

    private static string Label(IndexOutcome outcome) => outcome switch
    {
        IndexOutcome.Read => "read",
        IndexOutcome.Invalid => "invalid",
        _ => "failed",
    };

    private static string Label(PrefetchOutcome outcome) => outcome switch
    {
        PrefetchOutcome.Used => "used",
        PrefetchOutcome.Wasted => "wasted",
        PrefetchOutcome.Failed => "failed",
        _ => "dropped",
    };
}
