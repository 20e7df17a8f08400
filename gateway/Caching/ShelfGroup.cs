namespace Gateway.Caching;

/// <summary>Shelves that lie at one address, or in one directory. A group that was found empty is closed for good: who wants to add to it makes another one.</summary>
internal sealed class ShelfGroup
{
    private readonly Lock _gate = new();
    private readonly HashSet<Shelf> _shelves = [];
    private bool _closed;

    /// <summary>False when it is closed.</summary>
    public bool TryAdd(Shelf shelf)
    {
        lock (_gate)
        {
            if (!_closed) _shelves.Add(shelf);
            return !_closed;
        }
    }

    /// <summary>True when that was the last one: then the group is closed.</summary>
    public bool Remove(Shelf shelf)
    {
        lock (_gate)
        {
            if (!_shelves.Remove(shelf) || _shelves.Count > 0) return false;
            _closed = true;
            return true;
        }
    }

    public Shelf[] ToArray()
    {
        lock (_gate) return [.. _shelves];
    }
}
