namespace Gateway.Caching.Disk;

/// <summary>The disk tier, if there is one: what is registered, so that who tells of its state need not know whether it is configured.</summary>
/// <param name="Tier">Null when no folder is configured.</param>
internal sealed record CacheDisk(DiskTier? Tier)
{
    /// <summary>A sentence for the operator; null when nothing is wrong.</summary>
    public string? Trouble => Tier?.Health.Trouble is { } trouble ? $"The cache works from memory alone, its disk is not used: {trouble}." : null;
}
