namespace Gateway.Peers;

/// <summary>What a peer got; the lower-case name is a header field and a metric label as well.</summary>
internal enum PeerAnswer
{
    /// <summary>It was held here.</summary>
    Hit,

    /// <summary>It was fetched for the peer.</summary>
    Miss,

    /// <summary>Nothing: not held, and not this node's to fetch, or not to be had.</summary>
    None,

    /// <summary>Nothing, for whoever asked is no peer.</summary>
    Refused,
}
