namespace Gateway.Origin;

/// <summary>What an exchange tells about its destination's health.</summary>
internal enum ExchangeEvidence
{
    /// <summary>Nothing: no request was sent, or the caller left.</summary>
    None,

    /// <summary>The destination works and has the resource.</summary>
    Served,

    /// <summary>The destination works: it answered, if only that this resource is broken (500), or when to retry (503 with Retry-After).</summary>
    Alive,

    /// <summary>The resource or the destination is broken: 502, 503, 504. A client may seek out what is answered so.</summary>
    Failed,

    /// <summary>The same, without an answer to the end: a reset, no head in time, invalid HTTP, a body that broke off.</summary>
    Broken,

    /// <summary>There is no connection to the destination, for whatever resource.</summary>
    NoConnection,
}
