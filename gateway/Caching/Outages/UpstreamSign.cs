namespace Gateway.Caching.Outages;

/// <summary>What an ending of a request upstream says about upstream.</summary>
internal enum UpstreamSign
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is there.</summary>
    Alive,

    /// <summary>It is away.</summary>
    Away,
}
