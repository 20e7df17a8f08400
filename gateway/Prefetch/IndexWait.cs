using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>A session that waits for the index of a file. The tracker's lock protects it.</summary>
internal sealed class IndexWait(RangedAddress index)
{
    public RangedAddress Index => index;

    /// <summary>The last request.</summary>
    public PlayerRequest Last { get; set; } = null!;
}
