namespace Gateway.Caching.Fetching;

/// <summary>Why a response went through without being kept.</summary>
internal enum PassReason
{
    /// <summary>It did not: it is kept, or was held.</summary>
    None,

    /// <summary>The request is a HEAD and nothing is held.</summary>
    Method,

    /// <summary>The request said no-store.</summary>
    RequestNoStore,

    /// <summary>The request carries Authorization and the response does not permit sharing (RFC 9111 §3.5).</summary>
    Authorization,

    /// <summary>The response said no-store.</summary>
    NoStore,

    /// <summary>The response said private.</summary>
    Private,

    /// <summary>The response sets a cookie, and cookies are personal here.</summary>
    SetCookie,

    /// <summary>The response varies on everything (<c>Vary: *</c>).</summary>
    VaryAny,

    /// <summary>The status is one that is not kept.</summary>
    Status,

    /// <summary>Nobody said for how long it may be kept.</summary>
    NoLifetime,

    /// <summary>Larger than what is kept.</summary>
    TooLarge,

    /// <summary>No room could be made within the budget.</summary>
    NoSpace,

    /// <summary>Upstream ignored the range, or answered a part where a whole was asked.</summary>
    Partial,
}
