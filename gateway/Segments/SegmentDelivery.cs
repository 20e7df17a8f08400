using Gateway.Playback.Requests;
using Gateway.Responses;

namespace Gateway.Segments;

/// <summary>One request in the media room, from its beginning to its last byte: what the accounts at the end need.</summary>
internal sealed class SegmentDelivery(HttpContext context, PlaybackRequest request, long started) : Transfer(started)
{
    public HttpContext Context => context;

    public PlaybackRequest Request => request;

    public ServedFrom Source { get; set; }
}
