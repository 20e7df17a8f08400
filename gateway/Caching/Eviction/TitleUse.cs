namespace Gateway.Caching.Eviction;

/// <summary>The share of the cache that a title holds. Owned by <see cref="EvictionOrder"/> and used under its gate.</summary>
internal sealed class TitleUse(string name)
{
    public string Name => name;

    public long Bytes { get; set; }

    /// <summary>Entries of the title in the order.</summary>
    public int Places { get; set; }
}
