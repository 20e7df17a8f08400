namespace Gateway.Caching.Fetching;

/// <summary>Why a response went through without being stored.</summary>
internal enum PassReason
{
    /// <summary>None: the response is being stored, or was stored.</summary>
    None,

    /// <summary>The request is a HEAD and nothing is stored.</summary>
    Method,

    /// <summary>The request carries no-store.</summary>
    RequestNoStore,

    /// <summary>The request carries Authorization and the response does not permit sharing (RFC 9111 §3.5).</summary>
    Authorization,

    /// <summary>The response carries no-store.</summary>
    NoStore,

    /// <summary>The response carries private.</summary>
    Private,

    /// <summary>The response sets a cookie, and cookies are personal by the rules of the request.</summary>
    SetCookie,

    /// <summary>The response varies on everything (<c>Vary: *</c>).</summary>
    VaryAny,

    /// <summary>The status is one that is not stored.</summary>
    Status,

    /// <summary>The response has no freshness lifetime, explicit or by rule.</summary>
    NoLifetime,

    /// <summary>Too large to store.</summary>
    TooLarge,

    /// <summary>No space could be made within the budget.</summary>
    NoSpace,

    /// <summary>Another gateway holds it, and it is not asked for often enough here to be held twice.</summary>
    HeldByPeer,

    /// <summary>Upstream ignored the range, or answered with a part where a whole was requested.</summary>
    Partial,
}
