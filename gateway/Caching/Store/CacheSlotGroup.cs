namespace Gateway.Caching.Store;

/// <summary>The slots of one address, or of one directory. A group that was found empty is closed for good: a caller that wants to add to it creates another one.</summary>
internal sealed class CacheSlotGroup
{
    private readonly Lock _gate = new();
    private readonly HashSet<CacheSlot> _slots = [];
    private bool _closed;

    /// <summary>Adds a slot; false when the group is closed.</summary>
    public bool TryAdd(CacheSlot cacheSlot)
    {
        lock (_gate)
        {
            if (!_closed) _slots.Add(cacheSlot);
            return !_closed;
        }
    }

    /// <summary>Removes a slot; true when that was the last one: then the group is closed.</summary>
    public bool Remove(CacheSlot cacheSlot)
    {
        lock (_gate)
        {
            if (!_slots.Remove(cacheSlot) || _slots.Count > 0) return false;
            _closed = true;
            return true;
        }
    }

    public CacheSlot[] ToArray()
    {
        lock (_gate) return [.. _slots];
    }
}
