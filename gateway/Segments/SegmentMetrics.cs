using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Media;
using Gateway.Responses;

namespace Gateway.Segments;

/// <summary>Instruments of the meter <c>Gateway.Segments</c>. Tags are from closed sets: three sources, three protocols.</summary>
internal sealed class SegmentMetrics
{
    private readonly Counter<long> _served;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstByte;

    public SegmentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Gateway.Segments");
        _served = meter.CreateCounter<long>("gateway.segments.served", description: "Media responses sent to their last byte.");
        _bytes = meter.CreateCounter<long>("gateway.segment.bytes", "By", "Media bytes sent to clients.");
        _failures = meter.CreateCounter<long>("gateway.segment.failures", description: "Media requests that did not reach their last byte, by reason.");
        _duration = meter.CreateHistogram<double>("gateway.segment.duration", "s", "From the request to the last byte of a media response.");
        _firstByte = meter.CreateHistogram<double>("gateway.segment.first_byte", "s", "From the request to the first byte of a media response.");
    }

    public void Served(ServedFrom source, StreamingProtocol protocol, long bytes, TimeSpan firstByte, TimeSpan total)
    {
        var from = MediaFields.Label(source);
        var tags = new TagList { { "source", from }, { "protocol", Label(protocol) } };
        _served.Add(1, tags);
        _bytes.Add(bytes, tags);
        _firstByte.Record(firstByte.TotalSeconds, KeyValuePair.Create("source", (object?)from));
        _duration.Record(total.TotalSeconds, KeyValuePair.Create("source", (object?)from));
    }

    /// <param name="reason">Reason of a row of the problem table, or of a <see cref="SegmentEnding"/>: a closed set.</param>
    public void Failed(string reason) => _failures.Add(1, KeyValuePair.Create("reason", (object?)reason));

    public static string Label(StreamingProtocol protocol) => protocol switch
    {
        StreamingProtocol.Hls => "hls",
        StreamingProtocol.Dash => "dash",
        _ => "file",
    };
}
