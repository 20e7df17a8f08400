namespace Gateway.Segments;

/// <summary>One request in the media room, from its beginning to its last byte: what the accounts at the end need.</summary>
internal sealed class MediaVisit(HttpContext context, StreamRequest request, long started)
{
    public HttpContext Context => context;

    public StreamRequest Request => request;

    /// <summary>Time stamp at which the request came in.</summary>
    public long Started => started;

    public ServedFrom Source { get; set; }

    /// <summary>Time from the request to its first body byte.</summary>
    public TimeSpan? FirstByte { get; set; }

    /// <summary>Body bytes handed to the client's connection.</summary>
    public long Bytes { get; set; }
}
