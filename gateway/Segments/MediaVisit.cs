namespace Gateway.Segments;

/// <summary>One request in the media room, from its beginning to its last byte: what the accounts at the end need.</summary>
internal sealed class MediaVisit(HttpContext context, StreamRequest request, long started) : Transfer(started)
{
    public HttpContext Context => context;

    public StreamRequest Request => request;

    public ServedFrom Source { get; set; }
}
