using Gateway.Caching;
using Gateway.Manifests.Timeline;

namespace Gateway.Prefetch;

/// <summary>
/// One segment wanted ahead, by one viewing or by many: whoever wants it holds a share, and it is given up when the last share is given back. The desk's lock protects
/// everything in it.
/// </summary>
internal sealed class Ahead(RangedAddress target, Lookahead starter, DateTimeOffset since)
{
    public RangedAddress Target => target;

    /// <summary>The viewing on whose account it runs.</summary>
    public Lookahead Starter => starter;

    public DateTimeOffset Since => since;

    /// <summary>When the first of those who want it will need it.</summary>
    public DateTimeOffset Due { get; set; }

    public AheadState State { get; set; }

    public int Shares { get; set; } = 1;

    /// <summary>Null before and after: what is over must not keep its bytes from being freed.</summary>
    public AheadFetch? Fetch { get; set; }
}
