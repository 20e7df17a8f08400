using System.Diagnostics.Metrics;
using Gateway.Hosting;
using Gateway.Media;
using Gateway.Responses;

namespace Gateway.Segments;

/// <summary>
/// Instruments of the meter <c>Gateway.Segments</c>. Tags are from closed sets: three sources, three protocols. What every segment counts is kept by the gateway and read at each scrape: instruments would search for their labels twice
/// a segment, and all cores would write one number.
/// </summary>
internal sealed class SegmentMetrics
{
    private static readonly ServedFrom[] Sources = Enum.GetValues<ServedFrom>();
    private static readonly StreamingProtocol[] Protocols = Enum.GetValues<StreamingProtocol>();

    private static readonly KeyValuePair<string, object?>[] SourceTags = [.. Sources.Select(s => KeyValuePair.Create("source", (object?)MediaFields.Label(s)))];

    /// <summary>Every combination, all protocols of the first source first.</summary>
    private static readonly KeyValuePair<string, object?>[][] Tags =
        [.. from source in SourceTags from protocol in Protocols select new[] { source, KeyValuePair.Create("protocol", (object?)Label(protocol)) }];

    private readonly StripedCounts _served = new(Tags.Length);
    private readonly StripedCounts _bytes = new(Tags.Length);
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstByte;

    public SegmentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Gateway.Segments");
        meter.CreateObservableCounter("gateway.segments.served", () => Measure(_served), description: "Media responses sent to their last byte.");
        meter.CreateObservableCounter("gateway.segment.bytes", () => Measure(_bytes), "By", "Media bytes sent to clients.");
        _failures = meter.CreateCounter<long>("gateway.segment.failures", description: "Media requests that did not reach their last byte, by reason.");
        _duration = meter.CreateHistogram<double>("gateway.segment.duration", "s", "From the request to the last byte of a media response.");
        _firstByte = meter.CreateHistogram<double>("gateway.segment.first_byte", "s", "From the request to the first byte of a media response.");
    }

    public void Served(ServedFrom source, StreamingProtocol protocol, long bytes, TimeSpan firstByte, TimeSpan total)
    {
        var kind = ((int)source * Protocols.Length) + (int)protocol;
        _served.Add(kind, 1);
        _bytes.Add(kind, bytes);
        _firstByte.Record(firstByte.TotalSeconds, SourceTags[(int)source]);
        _duration.Record(total.TotalSeconds, SourceTags[(int)source]);
    }

    /// <param name="reason">Reason of a row of the problem table, or of a <see cref="SegmentEnding"/>: a closed set.</param>
    public void Failed(string reason) => _failures.Add(1, KeyValuePair.Create("reason", (object?)reason));

    public static string Label(StreamingProtocol protocol) => protocol switch
    {
        StreamingProtocol.Hls => "hls",
        StreamingProtocol.Dash => "dash",
        _ => "file",
    };

    private static Measurement<long>[] Measure(StripedCounts counts)
    {
        var measured = new Measurement<long>[Tags.Length];
        for (var kind = 0; kind < measured.Length; kind++) measured[kind] = new Measurement<long>(counts[kind], Tags[kind]);
        return measured;
    }
}
