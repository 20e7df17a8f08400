namespace Gateway.Caching.Outages;

/// <summary>What became of a request that was to wait for its origin; the lower-case name is a metric label as well.</summary>
internal enum HoldOutcome
{
    /// <summary>The origin came back in time.</summary>
    Answered,

    /// <summary>The origin stayed away for longer than <see cref="OutageOptions.Patience"/>.</summary>
    Expired,

    /// <summary>The origin answers for the title again, but not for this object.</summary>
    Failed,

    /// <summary>As many requests as may wait at once.</summary>
    Refused,

    /// <summary>The client left.</summary>
    Left,

    /// <summary>The gateway stops.</summary>
    Stopped,
}
