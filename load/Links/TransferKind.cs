namespace Gateway.Load.Links;

/// <summary>What a player asks for.</summary>
internal enum TransferKind
{
    /// <summary>Multivariant playlist, media playlist or MPD.</summary>
    Manifest,
    Init,

    /// <summary>A whole media segment.</summary>
    Segment,

    /// <summary>A part of low-latency HLS.</summary>
    Part,

    /// <summary>A segment index (sidx), a key, a clock.</summary>
    Other,

    /// <summary>Control plane: session, heartbeat, events, hand-over.</summary>
    Control,
}
