using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>An entry's place in the order of eviction; owned by <see cref="EvictionOrder"/> and used under its gate.</summary>
internal sealed class EvictionPlace(CacheSlot cacheSlot, CacheEntry entry, TitleUse title)
{
    public CacheSlot CacheSlot => cacheSlot;

    public CacheEntry Entry => entry;

    public TitleUse Title => title;

    /// <summary>Bytes that its title was charged with.</summary>
    public long Bytes { get; set; }

    /// <summary>Time of last use, as far as the order knows; never before that of the place in front.</summary>
    public TimeSpan Stamp { get; set; }

    /// <summary>Null when the entry was chosen as a victim.</summary>
    public EvictionList? List { get; set; }

    public EvictionPlace? Next { get; set; }

    public EvictionPlace? Previous { get; set; }
}
