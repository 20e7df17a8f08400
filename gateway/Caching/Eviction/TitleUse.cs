namespace Gateway.Caching.Eviction;

/// <summary>What a title holds of the cache. The eviction order's, under its gate.</summary>
internal sealed class TitleUse(string name)
{
    public string Name => name;

    public long Bytes { get; set; }

    /// <summary>Entries that stand.</summary>
    public int Places { get; set; }
}
