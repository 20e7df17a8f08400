namespace Gateway.Origin;

/// <summary>Why no response came from upstream, after all retries; the snake-case name is a log field and a metric label as well.</summary>
internal enum OriginFailure
{
    /// <summary>No connection, or a reset before the head.</summary>
    Unreachable,

    /// <summary>Connected, but no head within the limit.</summary>
    TimedOut,

    /// <summary>The body came slower than the permitted minimum, or stalled.</summary>
    TooSlow,

    /// <summary>The body ended early: reset, or shorter than its Content-Length.</summary>
    Cut,

    /// <summary>The destination's circuit breaker is open.</summary>
    CircuitOpen,

    /// <summary>No cluster of that name is configured.</summary>
    NoCluster,

    /// <summary>The cluster has no destination that may be used now.</summary>
    NoDestination,

    /// <summary>The address cannot stand in a request line, or leaves its root.</summary>
    BadAddress,

    /// <summary>Redirected in a loop, too often, or to a host that is not configured.</summary>
    BadRedirect,

    /// <summary>The response is not valid HTTP.</summary>
    Protocol,

    /// <summary>The transcoder cannot make the title, or what was asked for of it.</summary>
    BuildFailed,

    /// <summary>The transcoder was not reached, or its encoder broke: the same request may succeed.</summary>
    BuildInterrupted,

    /// <summary>The caller withdrew the request.</summary>
    Cancelled,

    /// <summary>The gateway is stopping.</summary>
    Stopping,
}
