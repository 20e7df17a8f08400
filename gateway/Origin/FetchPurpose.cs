namespace Gateway.Origin;

/// <summary>Why something is asked of upstream; the word is a metric label as well.</summary>
internal enum FetchPurpose
{
    /// <summary>A client waits for it.</summary>
    Demand,

    /// <summary>Nobody has asked yet; it will probably be asked next.</summary>
    Prefetch,

    /// <summary>A playlist, an MPD or another document that is rewritten.</summary>
    Manifest,
}
