namespace Gateway.Origin;

/// <summary>Purpose of an upstream request; the lower-case name is a metric label as well.</summary>
internal enum FetchPurpose
{
    /// <summary>A client waits for it.</summary>
    Demand,

    /// <summary>A prefetch: a client will probably request it next.</summary>
    Prefetch,

    /// <summary>A playlist, an MPD or another document that is rewritten.</summary>
    Manifest,
}
