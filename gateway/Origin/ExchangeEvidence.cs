namespace Gateway.Origin;

/// <summary>What an exchange says of the destination that it was with.</summary>
internal enum ExchangeEvidence
{
    /// <summary>Nothing: nothing was sent, or whoever wanted it left.</summary>
    None,

    /// <summary>It lives, and has what was asked for.</summary>
    Served,

    /// <summary>It lives: it answered, if only that this resource is broken (500), or when to come again (503 with Retry-After).</summary>
    Alive,

    /// <summary>Something is broken, the resource or the destination: 502, 503, 504, no head in time, no HTTP, a body that broke.</summary>
    Failed,

    /// <summary>There is no connection to it, whatever is asked for.</summary>
    NoConnection,
}
