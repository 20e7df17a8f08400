using System.Numerics;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Finds rows by the hash of their address, and of address and first byte where a resource holds many segments. Open addressing over row
/// numbers: eight bytes a row. A resource that is listed a hundred thousand times is in it once per byte range, so chains stay short.
/// </summary>
internal sealed class HlsTimelineIndex
{
    /// <summary>
    /// Spellings of one address that are told apart. A playlist could spell one in a hundred thousand ways, each of which would be compared with all before it; what is beyond
    /// is found by the spellings that are in.
    /// </summary>
    private const int MostSpellings = 64;

    private readonly int[] _slots;
    private readonly int _mask;
    private readonly HlsTimelineRow[] _rows;
    private readonly ByteRange[]? _ranges;
    private readonly HlsTimelineText _text;

    public HlsTimelineIndex(HlsTimelineRow[] rows, ByteRange[]? ranges, HlsTimelineText text)
    {
        _rows = rows;
        _ranges = ranges;
        _text = text;
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(rows.Length, 1) * (ranges is null ? 2u : 3u))];
        _mask = _slots.Length - 1;
        for (var row = 0; row < rows.Length; row++)
        {
            if ((rows[row].Flags & (byte)EntryFlags.Foreign) != 0) continue;
            Add(row, rows[row].Hash, ranged: false);
            if (ranges is not null && ranges[row].Length > 0) Add(row, Ranged(rows[row].Hash, ranges[row].Offset), ranged: true);
        }
    }

    public long SizeBytes => (long)_slots.Length * sizeof(int);

    /// <summary>Rows whose address has this hash and which begin at the byte, if one is named.</summary>
    public Candidates Find(int hash, long? offset) => new(this, offset is { } at ? Ranged(hash, at) : hash);

    private static int Ranged(int hash, long offset) => HashCode.Combine(hash, offset);

    private void Add(int row, int key, bool ranged)
    {
        var slot = key & _mask;
        var spellings = 0;
        for (; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            var known = _slots[slot] - 1;
            if (IsSame(known, row, ranged) || (IsAlike(known, row, ranged) && ++spellings >= MostSpellings)) return;
        }

        _slots[slot] = row + 1;
    }

    private bool IsAlike(int known, int row, bool ranged) =>
        _rows[known].Hash == _rows[row].Hash && (!ranged || _ranges![known].Offset == _ranges[row].Offset);

    private bool IsSame(int known, int row, bool ranged) =>
        IsAlike(known, row, ranged)
        && (!ranged || _ranges![known] == _ranges[row])
        && _text.Slice(_rows[known].Text, _rows[known].TextLength).SequenceEqual(_text.Slice(_rows[row].Text, _rows[row].TextLength));

    /// <summary>Walks one chain.</summary>
    internal struct Candidates
    {
        private readonly HlsTimelineIndex _index;
        private int _slot;

        public Candidates(HlsTimelineIndex index, int key)
        {
            _index = index;
            _slot = key & index._mask;
            Row = -1;
        }

        public int Row { get; private set; }

        public bool MoveNext()
        {
            Row = _index._slots[_slot] - 1;
            _slot = (_slot + 1) & _index._mask;
            return Row >= 0;
        }
    }
}
