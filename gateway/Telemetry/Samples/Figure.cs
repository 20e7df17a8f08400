namespace Gateway.Telemetry.Samples;

/// <summary>What a sample tells; the camel-case name is its column in the reply.</summary>
internal enum Figure
{
    /// <summary>Sessions that somebody watches.</summary>
    Playing,

    /// <summary>Sessions that are held.</summary>
    Held,

    /// <summary>Segments a second.</summary>
    Segments,

    /// <summary>Of these, segments that waited for the origin, a second.</summary>
    FromOrigin,

    /// <summary>Bits a second that went out.</summary>
    OutBits,

    /// <summary>95th percentile of the time to a segment's first byte, in seconds; NaN without any.</summary>
    FirstByte,

    /// <summary>The same of the origin, for demand.</summary>
    OriginFirstByte,

    /// <summary>Requests that failed by no fault of the client, a second.</summary>
    Failures,

    /// <summary>Exchanges with the origin that failed, a second.</summary>
    OriginFailures,

    /// <summary>Stalls a minute.</summary>
    Stalls,

    /// <summary>Bytes held by the cache.</summary>
    CacheBytes,

    /// <summary>What the cache may hold, in bytes.</summary>
    CacheLimit,

    /// <summary>Memory pressure: 0 normal, 1 high, 2 critical.</summary>
    Pressure,
}
