namespace Gateway.Origin;

/// <summary>How one exchange with a destination ended; the snake-case name is a metric label and a log field as well.</summary>
internal enum ExchangeOutcome
{
    /// <summary>A 2xx, its body read to the end.</summary>
    Ok,

    /// <summary>304: the stored response is still valid.</summary>
    NotModified,

    /// <summary>Another 3xx, followed or not.</summary>
    Redirect,

    /// <summary>4xx.</summary>
    ClientError,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>No connection, or a reset before the head.</summary>
    Unreachable,

    /// <summary>No head in time.</summary>
    TimedOut,

    /// <summary>The body stalled.</summary>
    TooSlow,

    /// <summary>The body ended early.</summary>
    Cut,

    /// <summary>Not HTTP, or broken HTTP.</summary>
    Protocol,

    /// <summary>No request was sent: the destination's circuit is open.</summary>
    CircuitOpen,

    /// <summary>No request was sent: there is no destination.</summary>
    NoDestination,

    /// <summary>The caller left before the end.</summary>
    Cancelled,
}
