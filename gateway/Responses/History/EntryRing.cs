using System.Runtime.CompilerServices;

namespace Gateway.Responses.History;

/// <summary>The last entries of one session, in order. It grows by steps while the budget allows; then each new entry takes the place of the oldest. Not thread-safe; the owner locks.</summary>
internal struct EntryRing
{
    private const int Factor = 4;

    private HistoryEntry[]? _entries;
    private int _next;

    /// <summary>Entries held.</summary>
    public int Count { get; private set; }

    /// <summary>Entries that are gone, or never had a place.</summary>
    public long Dropped { get; private set; }

    /// <summary>What the ring holds of the budget.</summary>
    public readonly long Bytes => SizeOf(_entries?.Length ?? 0);

    /// <param name="entry">What happened.</param>
    /// <param name="first">Places that it begins with.</param>
    /// <param name="most">Places that it may have.</param>
    /// <param name="budget">Where their memory is taken from.</param>
    public void Add(in HistoryEntry entry, int first, int most, HistoryBudget budget)
    {
        var length = _entries?.Length ?? 0;
        if (Count == length && length < most && TryGrow(Math.Min(most, length == 0 ? first : length * Factor), budget)) length = _entries!.Length;
        if (length == 0)
        {
            Dropped++;
            return;
        }

        _entries![_next] = entry;
        _next = _next + 1 == length ? 0 : _next + 1;
        if (Count < length) Count++;
        else Dropped++;
    }

    public readonly void CopyTo(List<HistoryEntry> to)
    {
        if (_entries is null) return;
        var oldest = Count < _entries.Length ? 0 : _next;
        for (var i = 0; i < Count; i++) to.Add(_entries[(oldest + i) % _entries.Length]);
    }

    public void Forget(HistoryBudget budget)
    {
        budget.GiveBack(Bytes);
        _entries = null;
        _next = Count = 0;
    }

    private bool TryGrow(int length, HistoryBudget budget)
    {
        if (!budget.TryTake(SizeOf(length) - Bytes)) return false;
        var grown = new HistoryEntry[length];
        if (_entries is not null)
        {
            _entries.AsSpan(_next).CopyTo(grown);
            _entries.AsSpan(0, _next).CopyTo(grown.AsSpan(_entries.Length - _next));
        }

        _entries = grown;
        _next = Count;
        return true;
    }

    private static long SizeOf(int length) => (long)length * Unsafe.SizeOf<HistoryEntry>();
}
