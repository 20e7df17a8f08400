namespace Gateway.Caching.Fetching;

/// <summary>Why a request went towards upstream: the <c>fwd</c> parameter of Cache-Status (RFC 9211 §2.2).</summary>
internal enum ForwardReason
{
    /// <summary>Not forwarded: a hit.</summary>
    None,
    Method,
    UriMiss,
    VaryMiss,
    Request,
    Stale,
}
