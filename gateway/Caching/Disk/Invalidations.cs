using System.Runtime.InteropServices;
using Gateway.Caching.Store;

namespace Gateway.Caching.Disk;

/// <summary>
/// What was invalidated, and when: a record is dead when its response was asked for before that. So an invalidation touches no record and no index, takes the same time however much
/// lies below, and survives a crash by one page of 4 KiB that is written before it is said to be done.
/// <para>
/// "When" is a counter: each fetch takes a number as it asks (<see cref="Next"/>), each invalidation takes one too. An address has a cell in a table, chosen by its hash; others that fall
/// into the same cell die with it, which costs a fetch and no more. A path has a rule. A page that is found broken counts as "everything of it, now": what may have been purged is never
/// served.
/// </para>
/// <para>
/// Of the counter only a ceiling is written, a million ahead; the next start begins there, so no number is ever given twice. The gate protects all of it; pages are
/// written under it.
/// </para>
/// </summary>
internal sealed class Invalidations
{
    public const int MostRules = 256;

    private const int CellsOfPage = StateFile.PageBytes / sizeof(long);
    private const long Ahead = 1 << 20;

    private readonly Lock _gate = new();
    private readonly StateFile _file;
    private readonly SlabLayout _layout;
    private readonly long[] _cells;
    private readonly PurgeRule?[] _rules = new PurgeRule?[MostRules];
    private long _counter;
    private long _ceiling;
    private long _floor;

    /// <param name="above">The counter begins behind this number at least.</param>
    public Invalidations(StateFile file, SlabLayout layout, long above = 0)
    {
        _file = file;
        _layout = layout;
        _cells = new long[layout.CellPages * CellsOfPage];
        (_counter, _floor) = file.Numbers;
        _counter = Math.Max(_counter, above);
        _ceiling = _counter + Ahead;
        _counter++;
        var broken = new List<int>();
        for (var page = 0; page < layout.CellPages; page++)
        {
            if (file.Read(1 + page) is { } content) MemoryMarshal.Cast<byte, long>(content).CopyTo(CellsOn(page));
            else
            {
                CellsOn(page).Fill(_counter);
                broken.Add(1 + page);
            }
        }

        for (var i = 0; i < MostRules; i++)
        {
            if (file.Read(1 + _layout.CellPages + i) is { } content) _rules[i] = PurgeRule.OfPage(content);
            else
            {
                _floor = _counter;
                broken.Add(1 + _layout.CellPages + i);
            }
        }

        // The floor comes first: once a broken rule is whole again, only that tells of it.
        file.Write(layout, _ceiling, _floor);
        foreach (var page in broken) file.Write(page, page <= _layout.CellPages ? MemoryMarshal.AsBytes(CellsOn(page - 1)) : []);
    }

    /// <summary>The counter's present value.</summary>
    public long Now => Interlocked.Read(ref _counter);

    /// <summary>The number of a fetch that is about to ask; higher than any before, also of earlier processes.</summary>
    /// <exception cref="IOException">The ceiling could not be written.</exception>
    public long Next()
    {
        var next = Interlocked.Increment(ref _counter);
        if (next >= Volatile.Read(ref _ceiling) - (Ahead / 2)) Raise();
        return next;
    }

    /// <param name="address">Hash of the key's address.</param>
    public bool IsDead(CacheKey key, ulong address, long askedIn)
    {
        lock (_gate)
        {
            if (askedIn < _floor || askedIn < _cells[CellOf(address)]) return true;
            foreach (var rule in _rules)
            {
                if (rule?.Covers(key, askedIn) == true) return true;
            }

            return false;
        }
    }

    /// <summary>Invalidates an address, with all its slices and partitions.</summary>
    /// <exception cref="IOException">That is known to this process alone.</exception>
    public void Invalidate(ulong address)
    {
        lock (_gate)
        {
            var cell = CellOf(address);
            _cells[cell] = Next();
            Write(cell / CellsOfPage);
        }
    }

    /// <summary>Purges everything below a path, synced: an operator is told that it is gone.</summary>
    /// <param name="cluster">Null means any.</param>
    /// <exception cref="IOException">That is known to this process alone.</exception>
    public void Purge(string? cluster, string prefix)
    {
        lock (_gate)
        {
            var rule = new PurgeRule(Next(), cluster, prefix);
            var at = Array.IndexOf(_rules, null);
            if (at < 0)
            {
                // So many purges within one round of the ring: then everything goes.
                _floor = rule.Epoch;
                Array.Clear(_rules);
                at = 0;
                _file.Write(_layout, _ceiling, _floor);
            }

            _rules[at] = rule;
            _file.Write(1 + _layout.CellPages + at, rule.ToPage());
            _file.Sync();
        }
    }

    /// <summary>Forgets rules that are older than every slab: nothing that they cover is left.</summary>
    /// <param name="oldest">The counter when the oldest slab was begun; only what was alive came into it.</param>
    public void Forget(long oldest)
    {
        lock (_gate)
        {
            for (var i = 0; i < MostRules; i++)
            {
                if (_rules[i] is not { } rule || rule.Epoch > oldest) continue;
                _rules[i] = null;
                _file.Write(1 + _layout.CellPages + i, []);
            }
        }
    }

    private int CellOf(ulong hash) => (int)((hash >> 24) % (ulong)_cells.Length);

    private Span<long> CellsOn(int page) => _cells.AsSpan(page * CellsOfPage, CellsOfPage);

    private void Write(int page) => _file.Write(1 + page, MemoryMarshal.AsBytes(CellsOn(page)));

    private void Raise()
    {
        lock (_gate)
        {
            if (Now < _ceiling - (Ahead / 2)) return;
            var ceiling = Now + Ahead;
            _file.Write(_layout, ceiling, _floor);
            Volatile.Write(ref _ceiling, ceiling);
        }
    }
}
