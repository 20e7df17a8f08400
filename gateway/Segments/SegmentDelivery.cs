using Gateway.Playback.Requests;
using Gateway.Responses;

namespace Gateway.Segments;

/// <summary>One segment request from its start to its last byte, with what <see cref="SegmentTelemetry"/> records at the end.</summary>
internal sealed class SegmentDelivery(HttpContext context, PlaybackRequest request, long started) : Transfer(started)
{
    public HttpContext Context => context;

    public PlaybackRequest Request => request;

    public ServedFrom Source { get; set; }

    /// <summary>Declared bitrate of the rung that the gateway chose, kbit/s; 0 where the client did.</summary>
    public int Kbps { get; set; }
}
