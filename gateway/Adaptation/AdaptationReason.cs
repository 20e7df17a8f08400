namespace Gateway.Adaptation;

/// <summary>Why a session's rung, or the highest one that it is told to take, is another than before (S1.70).</summary>
internal enum AdaptationReason
{
    /// <summary>It is not.</summary>
    None,
    BandwidthDrop,
    BandwidthRise,
    SegmentErrors,
    SlowUpstream,

    /// <summary>A token's or an operator's limit.</summary>
    Cap,
}
