namespace Gateway.Peers;

/// <summary>What a peer's readiness said last; the lower-case name is a metric label as well.</summary>
internal enum PeerHealth
{
    /// <summary>Not looked at so far; it is taken for ready, and the first request tells.</summary>
    Unknown,

    /// <summary>It has its share of the titles.</summary>
    Ready,

    /// <summary>It has no share any more, and still gives what it holds.</summary>
    Draining,

    /// <summary>It does not answer, or cannot do its work.</summary>
    Gone,
}
