using System.Runtime.InteropServices;
using Gateway.Caching.Store;

namespace Gateway.Caching.Disk;

/// <summary>
/// What was invalidated, and when: a record is dead when its response was asked for before that. So an invalidation touches no record and no index, takes the same time however much
/// lies below, and survives a crash by one page of 4 KiB that <see cref="Save"/> writes before it is said to be done.
/// <para>
/// "When" is a counter: each fetch takes a number as it asks (<see cref="Next"/>), each invalidation takes one too. An address has a cell in a table, chosen by its hash; others that fall
/// into the same cell die with it, which costs a fetch and no more. A path has a rule. A page that is found broken counts as "everything of it, now": what may have been purged is never
/// served.
/// </para>
/// <para>
/// Of the counter only a ceiling is written, a million ahead; the next start begins there, so no number is ever given twice.
/// </para>
/// <para>
/// The gate protects all that is in memory, and nothing is written under it: marking takes effect at once and waits for no disk. Writes have a gate of their own, taken first, so that of two writes of a page the newer
/// is the later.
/// </para>
/// </summary>
internal sealed class Invalidations
{
    public const int MostRules = 256;

    private const int CellsOfPage = StateFile.PageBytes / sizeof(long);
    private const long Ahead = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Lock _saving = new();
    private readonly HashSet<int> _unsaved = [];
    private readonly StateFile _file;
    private readonly SlabLayout _layout;
    private readonly long[] _cells;
    private readonly PurgeRule?[] _rules = new PurgeRule?[MostRules];
    private long _counter;
    private long _ceiling;
    private long _floor;
    private int _raising;

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

    /// <summary>Has the ceiling raised by another thread; inline where it is null. False when it takes no more work.</summary>
    public Func<Action, bool>? Elsewhere { get; set; }

    /// <summary>The counter's present value.</summary>
    public long Now => Interlocked.Read(ref _counter);

    /// <summary>The number of a fetch that is about to ask; higher than any before, also of earlier processes.</summary>
    /// <exception cref="IOException">The ceiling could not be written.</exception>
    public long Next()
    {
        var next = Interlocked.Increment(ref _counter);
        var ceiling = Volatile.Read(ref _ceiling);
        if (next < ceiling - (Ahead / 2)) return next;
        if (Interlocked.Exchange(ref _raising, 1) == 0 && Elsewhere is { } elsewhere)
        {
            if (!elsewhere(Raise)) Volatile.Write(ref _raising, 0);
        }
        else if (Elsewhere is null)
        {
            Raise();
        }

        return next < Volatile.Read(ref _ceiling) ? next : throw new IOException("The disk does not take the highest number.");
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

    /// <summary>Invalidates an address, with all its slices and partitions; known to this process alone until it is saved.</summary>
    /// <exception cref="IOException">There are no numbers left.</exception>
    public void Invalidate(ulong address)
    {
        var now = Next();
        lock (_gate)
        {
            var cell = CellOf(address);
            _cells[cell] = Math.Max(_cells[cell], now);
            _unsaved.Add(1 + (cell / CellsOfPage));
        }
    }

    /// <summary>Purges everything below a path; known to this process alone until it is saved.</summary>
    /// <param name="cluster">Null means any.</param>
    /// <exception cref="IOException">There are no numbers left.</exception>
    public void Purge(string? cluster, string prefix)
    {
        lock (_gate)
        {
            // The number is taken in here: whoever sees a later one, as that with which a slab is begun, sees the rule as well. Else the rule would be forgotten before what it purges.
            var rule = new PurgeRule(Next(), cluster, prefix);
            var at = Array.IndexOf(_rules, null);
            if (at < 0)
            {
                // So many purges within one round of the ring: then everything goes.
                _floor = Math.Max(_floor, rule.Epoch);
                Array.Clear(_rules);
                at = 0;
                _unsaved.Add(0);
            }

            _rules[at] = rule;
            _unsaved.Add(1 + _layout.CellPages + at);
        }
    }

    /// <summary>Writes what was marked and is not written yet; purges are synced, for an operator is told that it is gone. Blocks as long as the disk does.</summary>
    /// <exception cref="IOException">It is known to this process alone, and will be tried again by the next call.</exception>
    public void Save()
    {
        lock (_saving)
        {
            int[] pages;
            lock (_gate) pages = [.. _unsaved.Order()];
            foreach (var page in pages) Write(page);
            int[] rules = [.. pages.Where(page => page > _layout.CellPages)];
            if (rules.Length == 0) return;
            try
            {
                _file.Sync();
            }
            catch
            {
                // The system may have let go of what it could not write (fsync(2)): it is written anew, and whoever waits for it hears no sooner.
                lock (_gate) _unsaved.UnionWith(rules);
                throw;
            }
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
                _unsaved.Add(1 + _layout.CellPages + i);
            }
        }

        Save();
    }

    private int CellOf(ulong hash) => (int)((hash >> 24) % (ulong)_cells.Length);

    private Span<long> CellsOn(int page) => _cells.AsSpan(page * CellsOfPage, CellsOfPage);

    /// <summary>Writes one page as it is now. What is marked while it is written is unsaved again.</summary>
    private void Write(int page)
    {
        byte[] content = [];
        long floor;
        lock (_gate)
        {
            _unsaved.Remove(page);
            floor = _floor;
            if (page > _layout.CellPages) content = _rules[page - 1 - _layout.CellPages]?.ToPage() ?? [];
            else if (page > 0) content = MemoryMarshal.AsBytes(CellsOn(page - 1)).ToArray();
        }

        try
        {
            if (page == 0) _file.Write(_layout, Volatile.Read(ref _ceiling), floor);
            else _file.Write(page, content);
        }
        catch
        {
            lock (_gate) _unsaved.Add(page);
            throw;
        }
    }

    private void Raise()
    {
        try
        {
            lock (_saving)
            {
                var ceiling = Now + Ahead;
                _file.Write(_layout, ceiling, Interlocked.Read(ref _floor));
                Volatile.Write(ref _ceiling, ceiling);
            }
        }
        finally
        {
            Volatile.Write(ref _raising, 0);
        }
    }
}
