using System.Runtime.InteropServices;

namespace Gateway.Load.Links;

/// <summary>
/// A heap of four branches over an array: half the levels of a binary one, and children side by side in memory. Beside <see cref="PriorityQueue{TElement, TPriority}"/> it saves
/// the comparer's call, which in virtual time is paid per event.
/// </summary>
internal sealed class EventHeap
{
    private const int Branches = 4;

    private Entry[] _entries = new Entry[64];
    private long _order;

    public int Count { get; private set; }

    /// <summary>Moment of the first event in ticks; only with <see cref="Count"/> above 0.</summary>
    public long FirstAt => _entries[0].At;

    public void Add(long at, IScheduled target, long tag)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        var entry = new Entry(at, _order++, target, tag);
        var hole = Count++;
        while (hole > 0)
        {
            var parent = (hole - 1) / Branches;
            if (!entry.IsBefore(_entries[parent])) break;
            _entries[hole] = _entries[parent];
            hole = parent;
        }

        _entries[hole] = entry;
    }

    /// <summary>Takes the first event out.</summary>
    public (IScheduled Target, long Tag) Take()
    {
        var first = _entries[0];
        var last = _entries[--Count];
        _entries[Count] = default;
        if (Count > 0) Sink(last);
        return (first.Target, first.Tag);
    }

    private void Sink(in Entry entry)
    {
        var hole = 0;
        while (true)
        {
            var child = (hole * Branches) + 1;
            if (child >= Count) break;
            var least = child;
            var end = Math.Min(child + Branches, Count);
            for (child++; child < end; child++)
            {
                if (_entries[child].IsBefore(_entries[least])) least = child;
            }

            if (!_entries[least].IsBefore(entry)) break;
            _entries[hole] = _entries[least];
            hole = least;
        }

        _entries[hole] = entry;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Entry(long at, long order, IScheduled target, long tag)
    {
        public readonly long At = at;
        public readonly IScheduled Target = target;
        public readonly long Tag = tag;
        private readonly long _order = order;

        public bool IsBefore(in Entry other) => At < other.At || (At == other.At && _order < other._order);
    }
}
