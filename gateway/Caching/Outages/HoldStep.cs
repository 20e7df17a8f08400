namespace Gateway.Caching.Outages;

/// <summary>What one wait for an origin ended with.</summary>
internal enum HoldStep
{
    /// <summary>Upstream is to be asked, once, on behalf of all who wait for the title.</summary>
    Try,

    /// <summary>Upstream answers for the title again.</summary>
    Answered,

    /// <summary>There is no time left.</summary>
    Expired,

    /// <summary>There is no place to wait.</summary>
    Refused,

    /// <summary>The gateway stops.</summary>
    Stopped,
}
