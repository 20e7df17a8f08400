using System.Runtime.InteropServices;
using Gateway.Caching.Store;

namespace Gateway.Caching.Outages;

/// <summary>
/// Of each title the two objects that upstream gave last. Where another one of it fails, they tell a broken object from an origin that is away; two, because the one that fails may be one of them.
/// </summary>
/// <remarks>
/// Thread-safe. Titles are kept in two generations, of which the older one is dropped when the newer one is full: who plays stays, and folders that clients find leave nothing behind.
/// </remarks>
internal sealed class TitleWitnesses
{
    /// <summary>Titles of a generation.</summary>
    internal const int Most = 4096;

    private readonly Lock _gate = new();
    private Dictionary<OutageKey, Pair> _newer = [];
    private Dictionary<OutageKey, Pair> _older = [];

    internal int Count
    {
        get
        {
            lock (_gate) return _newer.Count + _older.Count;
        }
    }

    public void Note(OutageKey title, in CacheKey given)
    {
        lock (_gate)
        {
            var found = _newer.TryGetValue(title, out var pair);
            if (found && pair.Last.Equals(given)) return;
            if (!found)
            {
                _older.Remove(title, out pair);
                if (_newer.Count >= Most) (_older, _newer) = (_newer, []);
            }

            _newer[title] = pair.Last.Equals(given) ? pair : new Pair(given, pair.Last);
        }
    }

    /// <summary>An object of the title that upstream gave; null when none is known.</summary>
    /// <param name="except">The object that fails.</param>
    public CacheKey? Find(OutageKey title, in CacheKey except)
    {
        lock (_gate)
        {
            if (!_newer.TryGetValue(title, out var pair)) _older.TryGetValue(title, out pair);
            var witness = pair.Last.Equals(except) ? pair.Before : pair.Last;
            return witness.Address.Path is null ? null : witness;
        }
    }

    /// <param name="Before">All empty where there is one alone.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pair(CacheKey Last, CacheKey Before);
}
