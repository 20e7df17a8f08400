using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Gateway.Media;

namespace Gateway.Caching.Store;

/// <summary>
/// Finds slots by the address of their objects, without walking over all of them: those of an address with several keys (slices, partitions), and those below a path.
/// <para>
/// Slots are grouped by directory, and the directories are ordered by path: a subtree is a range of them. A directory is added and removed under one
/// lock, which is rare; an object added to an existing directory takes the group's lock alone.
/// </para>
/// A slot is added here before it can be found by its key, and removed after: a purge of a path misses no slot that a fetch could be filling.
/// </summary>
internal sealed class PathIndex
{
    private readonly ConcurrentDictionary<MediaAddress, CacheSlotGroup> _addresses = new();
    private readonly ConcurrentDictionary<Directory, CacheSlotGroup> _directories = new();
    private readonly Lock _gate = new();
    private readonly SortedSet<Directory> _sorted = [];

    public void Add(CacheSlot cacheSlot)
    {
        if (cacheSlot.Key.IsOdd) AddByAddress(cacheSlot);
        var directory = Directory.Of(cacheSlot.Key.Address);
        if (_directories.TryGetValue(directory, out var group) && group.TryAdd(cacheSlot)) return;
        lock (_gate)
        {
            if (_directories.TryGetValue(directory, out group) && group.TryAdd(cacheSlot)) return;
            group = new CacheSlotGroup();
            group.TryAdd(cacheSlot);
            _directories[directory] = group;
            _sorted.Add(directory);
        }
    }

    public void Remove(CacheSlot cacheSlot)
    {
        var address = cacheSlot.Key.Address;
        if (cacheSlot.Key.IsOdd && _addresses.TryGetValue(address, out var same) && same.Remove(cacheSlot)) _addresses.TryRemove(new(address, same));
        var directory = Directory.Of(address);
        if (!_directories.TryGetValue(directory, out var group) || !group.Remove(cacheSlot)) return;
        lock (_gate)
        {
            // Unless there is another group in its place already.
            if (_directories.TryRemove(new(directory, group))) _sorted.Remove(directory);
        }
    }

    /// <summary>The slots of an address: slices and partitions.</summary>
    public CacheSlot[] At(MediaAddress address) => _addresses.TryGetValue(address, out var group) ? group.ToArray() : [];

    /// <summary>The slots below a path, a directory at a time.</summary>
    /// <param name="cluster">Null means any.</param>
    /// <param name="prefix">The path's beginning; it may end within a name.</param>
    public List<CacheSlot[]> Below(string? cluster, string prefix)
    {
        List<CacheSlotGroup> groups = [];
        lock (_gate)
        {
            // Names that begin so lie in the directory above.
            if (!prefix.EndsWith('/')) Collect(groups, prefix[..(prefix.LastIndexOf('/') + 1)], isWhole: true, cluster);
            Collect(groups, prefix, isWhole: false, cluster);
        }

        var found = new List<CacheSlot[]>(groups.Count);
        foreach (var group in groups)
        {
            var slots = Array.FindAll(group.ToArray(), s => s.Key.IsBelow(cluster, prefix));
            if (slots.Length > 0) found.Add(slots);
        }

        return found;
    }

    private void Collect(List<CacheSlotGroup> groups, string path, bool isWhole, string? cluster)
    {
        if (_sorted.Count == 0) return;
        var first = new Directory(string.Empty, path, path.Length);
        if (first.CompareTo(_sorted.Max) > 0) return;
        foreach (var directory in _sorted.GetViewBetween(first, _sorted.Max))
        {
            if (!directory.Span.StartsWith(path, StringComparison.Ordinal) || (isWhole && directory.Length != path.Length)) break;
            if (cluster is not null && !string.Equals(cluster, directory.Cluster, StringComparison.Ordinal)) continue;
            if (_directories.TryGetValue(directory, out var group)) groups.Add(group);
        }
    }

    private void AddByAddress(CacheSlot cacheSlot)
    {
        while (true)
        {
            var group = _addresses.GetOrAdd(cacheSlot.Key.Address, static _ => new CacheSlotGroup());
            if (group.TryAdd(cacheSlot)) return;
            _addresses.TryRemove(new(cacheSlot.Key.Address, group));
        }
    }

    /// <summary>The path of some object up to its last slash: a key that builds no string.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Directory(string Cluster, string Path, int Length) : IComparable<Directory>
    {
        public ReadOnlySpan<char> Span => Path.AsSpan(0, Length);

        public static Directory Of(MediaAddress address) => new(address.Cluster, address.Path, address.Path.LastIndexOf('/') + 1);

        public int CompareTo(Directory other)
        {
            var byPath = Span.SequenceCompareTo(other.Span);
            return byPath != 0 ? byPath : string.CompareOrdinal(Cluster, other.Cluster);
        }

        public bool Equals(Directory other) => string.Equals(Cluster, other.Cluster, StringComparison.Ordinal) && Span.SequenceEqual(other.Span);

        public override int GetHashCode() => string.GetHashCode(Span, StringComparison.Ordinal);
    }
}
