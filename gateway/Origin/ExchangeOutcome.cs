namespace Gateway.Origin;

/// <summary>How one exchange with a destination ended; the word is a metric label and a log field as well.</summary>
internal enum ExchangeOutcome
{
    /// <summary>A 2xx, its body read to the end.</summary>
    Ok,

    /// <summary>304: what is held is still right.</summary>
    NotModified,

    /// <summary>Another 3xx, followed or not.</summary>
    Redirect,

    /// <summary>4xx.</summary>
    ClientError,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>No connection, or it was reset before the head.</summary>
    Unreachable,

    /// <summary>No head in time.</summary>
    TimedOut,

    /// <summary>The body stalled.</summary>
    TooSlow,

    /// <summary>The body ended before its end.</summary>
    Cut,

    /// <summary>Not HTTP, or broken HTTP.</summary>
    Protocol,

    /// <summary>Nothing was sent, the destination's circuit is open.</summary>
    CircuitOpen,

    /// <summary>Nothing was sent, there is no destination to send to.</summary>
    NoDestination,

    /// <summary>Whoever wanted it left before its end.</summary>
    Cancelled,
}
