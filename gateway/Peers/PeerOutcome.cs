namespace Gateway.Peers;

/// <summary>How a request to a peer ended; the lower-case name is a metric label as well. After the last four the origin is asked.</summary>
internal enum PeerOutcome
{
    /// <summary>The peer held the object.</summary>
    Hit,

    /// <summary>The peer fetched it.</summary>
    Miss,

    /// <summary>The peer has nothing to give: it does not hold it and does not take the title for its own, or could not get it.</summary>
    None,

    /// <summary>No answer within the limit.</summary>
    Late,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>Somebody answered who has not the keys: another service at the address, or a gateway with other keys.</summary>
    Foreign,
}
