using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>A viewing that waits for the index of a file. The trail's lock protects it.</summary>
internal sealed class IndexWait(RangedAddress index)
{
    public RangedAddress Index => index;

    /// <summary>What was asked for last.</summary>
    public PlayerRequest Last { get; set; } = null!;
}
