using System.Runtime.InteropServices;
using Gateway.Caching.Store;

namespace Gateway.Caching.Disk;

/// <summary>
/// The slabs as a ring, for the one thread that writes. Records are appended to the active slab; when it is full, the next one has been emptied already, and becomes active; then the
/// oldest is emptied in its turn, whole.
/// <para>
/// What was used since it was written does not go with its slab: it is appended anew to the active one, up to a half of that, before the old one is emptied. A crash in between finds
/// both copies, and takes the newer.
/// </para>
/// Order: bytes, index, footer. A record is named by the index when its bytes are written; a footer lists only such records; a slab's head is cleared before its space is used again.
/// </summary>
internal sealed class SlabRing(SlabLayout layout, Slab[] slabs, DiskIndex index, Invalidations invalidations, DiskKeys keys, ulong seed)
{
    /// <summary>A footer is written after so many bytes; what came after it is read record by record at the next start.</summary>
    private const long CheckpointBytes = 64L << 20;

    private readonly AppendBuffer _buffer = new();
    private readonly List<DiskPlace> _records = [];
    private byte[] _copy = new byte[256 << 10];
    private Slab? _active;
    private Slab? _empty;
    private int _checkpoint;
    private long _generation;

    /// <summary>Told of each confirmed record.</summary>
    public required Action<Appended> Confirmed { get; init; }

    public Slab[] Slabs => slabs;

    public SlabLayout Layout => layout;

    public Slab SlabOf(DiskPlace place) => slabs[place.Block / (uint)layout.BlocksPerSlab];

    /// <summary>Goes on where recovery found the end.</summary>
    /// <param name="records">The active slab's records.</param>
    /// <param name="end">First block behind them.</param>
    public void Resume(Slab? active, IEnumerable<DiskPlace> records, int end)
    {
        _active = active;
        _records.AddRange(records);
        _checkpoint = end;
        foreach (var slab in slabs) _generation = Math.Max(_generation, slab.Generation);
        if (active is not null) _buffer.MoveTo(active, end);
    }

    /// <summary>Appends a body with its head; the caller holds a lease on the body.</summary>
    /// <returns>False when it is too large, or was invalidated.</returns>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public bool TryAppend(RecordHead record, MediaBody body, DiskUse use)
    {
        var head = record.TryWrite(seed, 0);
        if (head is null || head.Length + record.BodyLength > layout.MostRecordBytes) return false;
        var bytes = head.Length + record.BodyLength;
        var place = Place(use.Key, bytes);
        // A purge that came while a slab was begun is older than that slab, and its rule is forgotten with the slabs before.
        if (invalidations.IsDead(record.Key, use.Key.Address, record.AskedIn))
        {
            use.Reset();
            return false;
        }

        RecordHead.Seal(head, seed, _active!.Generation);
        _buffer.Append(head);
        for (long position = 0; position < record.BodyLength;)
        {
            var piece = body.Slice(position).Span;
            _buffer.Append(piece);
            position += piece.Length;
        }

        _buffer.End(new Appended(place, null, use, bytes));
        return true;
    }

    /// <summary>Writes what was gathered, and names it in the index.</summary>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public void Flush()
    {
        var replaced = new List<DiskPlace>();
        foreach (var record in _buffer.Flush())
        {
            _records.Add(record.Place);
            if (!TryName(record)) replaced.Add(record.Place);
            Confirmed(record);
        }

        foreach (var place in replaced) Replace(place);
        if ((long)(_buffer.Confirmed - _checkpoint) * SlabLayout.Block >= CheckpointBytes) Checkpoint();
    }

    /// <summary>
    /// Marks a record as replaced, so that it is not found after a restart either. Exact, unlike an invalidation: what is replaced day by day must not take others with it.
    /// </summary>
    /// <exception cref="IOException">The disk fails: it would be found after a restart, if its own freshness permits.</exception>
    public void Replace(DiskPlace place)
    {
        var slab = SlabOf(place);
        if (RecordSource.ReadHead(slab, place, seed, ref _copy) is not { IsReplaced: false } head) return;
        var key = keys.Of(head.Key, head.Vary);
        if (key.Object != place.Object || (uint)key.Variant != place.Variant) return;
        RecordHead.Replace(_copy.AsSpan(0, head.Bytes), seed, slab.Generation);
        slab.Write(_copy.AsSpan(0, 16), (long)(place.Block - slab.FirstBlock) * SlabLayout.Block);
    }

    /// <summary>Forgets what was not confirmed, and returns it.</summary>
    public Appended[] Discard() => _buffer.Discard();

    /// <summary>Writes the active slab's footer.</summary>
    /// <exception cref="IOException">The disk fails: the footer before, or none, is found at the next start.</exception>
    public void Checkpoint()
    {
        if (_active is null || _records.Count == 0) return;
        _active.Write(
            SlabFooter.Write(seed, _active.Generation, _buffer.Confirmed, CollectionsMarshal.AsSpan(_records)),
            (long)layout.EndOfRecords * SlabLayout.Block);
        _checkpoint = _buffer.Confirmed;
    }

    /// <summary>Names a record in the index; false when another one has come meanwhile.</summary>
    private bool TryName(Appended record)
    {
        if (record.From is { } from) return index.TryMove(from, record.Place.Block);
        if (record.Use is { } use)
        {
            var slot = index.Set(record.Place);
            use.Stored(slot);
            if (use.State == DiskUseState.Stored) return true;
        }

        index.Remove(record.Place);
        return false;
    }

    private DiskPlace Place(DiskKey key, long bytes)
    {
        var blocks = SlabLayout.BlocksFor(bytes);
        if (_active is null || _buffer.Block + blocks > layout.EndOfRecords || _records.Count + _buffer.Count >= layout.MostRecords) Advance();
        return new DiskPlace(key.Object, (uint)key.Variant, _active!.FirstBlock + (uint)_buffer.Block, (uint)blocks);
    }

    private void Advance()
    {
        Flush();
        Checkpoint();
        var next = _empty ?? Empty(keepsUsed: false);
        // The counter gives no number twice, also where the newest slab's head was damaged and tells none: what lies in the slab since is not taken for this use's.
        var generation = Math.Max(_generation + 1, invalidations.Next());
        next.Begin(generation, invalidations.Now);
        _generation = generation;
        _active = next;
        _empty = null;
        _records.Clear();
        _buffer.MoveTo(next, 1);
        _checkpoint = 1;
        _empty = Empty(keepsUsed: true);
    }

    /// <summary>An empty slab: one that was never used, or else the oldest.</summary>
    private Slab Empty(bool keepsUsed)
    {
        var oldest = slabs[0];
        foreach (var slab in slabs)
        {
            if (slab != _active && (slab.Generation < oldest.Generation || oldest == _active)) oldest = slab;
        }

        if (oldest.Generation == 0) return oldest;
        if (keepsUsed)
        {
            AppendAnew(oldest);
            Flush();
        }

        oldest.Retire(() => index.RemoveIn(oldest.FirstBlock, oldest.EndBlock));
        var left = long.MaxValue;
        foreach (var slab in slabs)
        {
            if (slab.Generation > 0) left = Math.Min(left, slab.BegunIn);
        }

        invalidations.Forget(left);
        return oldest;
    }

    private void AppendAnew(Slab oldest)
    {
        var blocks = (layout.EndOfRecords - 1) / 2;
        foreach (var place in index.UsedIn(oldest.FirstBlock, oldest.EndBlock))
        {
            if (place.Blocks > blocks || _records.Count + _buffer.Count >= layout.MostRecords / 2) continue;
            if (RecordSource.ReadHead(oldest, place, seed, ref _copy) is not { IsReplaced: false } head || invalidations.IsDead(head.Key, keys.AddressOf(head.Key.Address), head.AskedIn)) continue;
            blocks -= (int)place.Blocks;
            Copy(oldest, place, head);
        }
    }

    private void Copy(Slab from, DiskPlace place, RecordHead head)
    {
        var copy = place with { Block = _active!.FirstBlock + (uint)_buffer.Block };
        var offset = (long)(place.Block - from.FirstBlock) * SlabLayout.Block;
        var sealedHead = _copy.AsSpan(0, head.Bytes).ToArray();
        RecordHead.Seal(sealedHead, seed, _active.Generation);
        _buffer.Append(sealedHead);
        for (long done = 0; done < head.BodyLength;)
        {
            var piece = _copy.AsSpan(0, (int)Math.Min(_copy.Length, head.BodyLength - done));
            if (from.Read(piece, offset + head.Bytes + done) < piece.Length) piece.Clear();
            _buffer.Append(piece);
            done += piece.Length;
        }

        _buffer.End(new Appended(copy, place, null, head.RecordBytes));
    }
}
