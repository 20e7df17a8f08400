namespace Gateway.Rollout.Control;

/// <summary>How a change ended.</summary>
internal enum ChangeResult
{
    Made,

    /// <summary>The rules do not allow it now.</summary>
    Refused,

    /// <summary>Somebody else changed the roll-out meanwhile.</summary>
    Outdated,

    /// <summary>The store that all gateways share does not answer.</summary>
    Unavailable,
}
