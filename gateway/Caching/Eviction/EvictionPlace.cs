using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>Where an entry stands in the order of eviction; the order's, under its gate.</summary>
internal sealed class EvictionPlace(CacheSlot cacheSlot, CacheEntry entry, TitleUse title)
{
    public CacheSlot CacheSlot => cacheSlot;

    public CacheEntry Entry => entry;

    public TitleUse Title => title;

    /// <summary>Bytes that its title was charged with.</summary>
    public long Bytes { get; set; }

    /// <summary>When it was used last, as far as the order knows; never before that of the one in front.</summary>
    public TimeSpan Stamp { get; set; }

    /// <summary>Null when it was chosen to go.</summary>
    public EvictionList? List { get; set; }

    public EvictionPlace? Next { get; set; }

    public EvictionPlace? Previous { get; set; }
}
