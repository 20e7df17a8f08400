namespace Gateway.Caching.Disk;

/// <summary>
/// Gathers records and writes them to the active slab in large pieces (Traffic Server aggregates its writes likewise). Records are confirmed only when all of their bytes are written; where a write fails,
/// all that were not confirmed are forgotten, and the slab goes on behind the last confirmed one. For the writer's thread alone.
/// </summary>
internal sealed class AppendBuffer
{
    /// <summary>Bytes of one write: enough for any disk to be at its best.</summary>
    private const int Size = 1 << 20;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private readonly List<Appended> _unconfirmed = [];
    private Slab? _slab;
    private long _offset;
    private int _length;

    /// <summary>First block of the slab behind everything confirmed and gathered.</summary>
    public int Block => (int)((_offset + _length) / SlabLayout.Block);

    /// <summary>Records that are not confirmed.</summary>
    public int Count => _unconfirmed.Count;

    /// <summary>First block behind everything confirmed.</summary>
    public int Confirmed { get; private set; }

    /// <summary>Goes to a slab, at a block.</summary>
    public void MoveTo(Slab slab, int block)
    {
        _slab = slab;
        Confirmed = block;
        Discard();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_length == Size) Write();
            var count = Math.Min(bytes.Length, Size - _length);
            bytes[..count].CopyTo(_bytes.AsSpan(_length));
            _length += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>A record is complete: fills its last block up.</summary>
    public void End(Appended record)
    {
        var rest = (int)((_offset + _length) % SlabLayout.Block);
        if (rest > 0)
        {
            var space = SlabLayout.Block - rest;
            if (_length + space > Size) Write();
            _bytes.AsSpan(_length, space).Clear();
            _length += space;
        }

        _unconfirmed.Add(record);
    }

    /// <summary>Writes what was gathered, and returns the records that are confirmed by that.</summary>
    /// <exception cref="IOException">None of them is.</exception>
    public Appended[] Flush()
    {
        if (_length > 0) Write();
        Confirmed = Block;
        Appended[] confirmed = [.. _unconfirmed];
        _unconfirmed.Clear();
        return confirmed;
    }

    /// <summary>Forgets what was not confirmed, and returns it.</summary>
    public Appended[] Discard()
    {
        _offset = (long)Confirmed * SlabLayout.Block;
        _length = 0;
        Appended[] lost = [.. _unconfirmed];
        _unconfirmed.Clear();
        return lost;
    }

    private void Write()
    {
        _slab!.Write(_bytes.AsSpan(0, _length), _offset);
        _offset += _length;
        _length = 0;
    }
}
