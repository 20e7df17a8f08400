using System.Buffers;

namespace Gateway.Connections.Sending;

/// <summary>
/// What a connection has to send, in order: pieces of its own blocks, into which is copied, and lent pieces between them. A lent piece is released in the moment in which its last byte is taken, a block with its last piece; what is
/// never taken is released by <see cref="Clear"/>. One thread at a time; <see cref="ConnectionOutput"/> sees to that.
/// </summary>
internal sealed class OutputPieces(MemoryPool<byte> pool)
{
    /// <summary>More places than that are not kept for the next response.</summary>
    private const int MostIdle = 32;

    private OutputPiece[] _pieces = [];
    private int _first;
    private int _end;
    private IMemoryOwner<byte>? _block;
    private int _blockStart;
    private int _blockEnd;

    // The last piece of the block, where something was lent behind it.
    private int _blockPiece;
    private (long Lent, long Copied) _taken;

    /// <summary>Bytes that were put in and not taken.</summary>
    public long Bytes { get; private set; }

    /// <summary>Everything that was closed is taken.</summary>
    public bool IsEmpty => _first == _end;

    /// <summary>The closed pieces that are not wholly taken; none of them is empty.</summary>
    public ReadOnlySpan<OutputPiece> Waiting => _pieces.AsSpan(_first, _end - _first);

    /// <summary>Free memory to copy into.</summary>
    /// <param name="least">Least bytes of it; 0 = one.</param>
    public Memory<byte> Space(int least)
    {
        least = Math.Max(1, least);
        if (_block is null || _block.Memory.Length - _blockEnd < least)
        {
            CloseBlock();
            _block = least <= pool.MaxBufferSize ? pool.Rent(least) : MemoryPool<byte>.Shared.Rent(least);
        }

        return _block.Memory[_blockEnd..];
    }

    /// <summary>Bytes were copied into <see cref="Space"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is not so much.</exception>
    public void Wrote(int bytes)
    {
        if (bytes < 0 || bytes > (_block is null ? 0 : _block.Memory.Length - _blockEnd)) throw new ArgumentOutOfRangeException(nameof(bytes));
        _blockEnd += bytes;
        Bytes += bytes;
    }

    /// <summary>Puts lent bytes behind what was written; the lease is released with them.</summary>
    public void Lend(ReadOnlyMemory<byte> bytes, ByteLease lease)
    {
        // The block is written on behind the lent bytes: a small head of the next response needs none of its own.
        if (_blockEnd > _blockStart)
        {
            _blockPiece = _end;
            Add(new OutputPiece(_block!.Memory[_blockStart.._blockEnd], block: null));
            _blockStart = _blockEnd;
        }

        Add(new OutputPiece(bytes, lease));
        Bytes += bytes.Length;
    }

    /// <summary>Makes what was written a piece: nothing more comes before the send.</summary>
    public void Close() => CloseBlock();

    /// <summary>So many bytes were taken, from the first waiting piece on.</summary>
    public void Take(long bytes)
    {
        Bytes -= bytes;
        while (bytes > 0)
        {
            ref var piece = ref _pieces[_first];
            var now = (int)Math.Min(bytes, piece.Left.Length);
            if (piece.IsLent) _taken.Lent += now;
            else _taken.Copied += now;
            bytes -= now;
            piece.Take(now);
            if (!piece.Left.IsEmpty) continue;
            _first++;
            piece.Release();
        }
    }

    /// <summary>
    /// Moves what waits in blocks that it does not fill into smaller ones, if those come to three quarters of it at most. For closed pieces, and only where nothing is lent among them: that is how encrypted bytes wait.
    /// </summary>
    public void Move(MemoryPool<byte> smaller)
    {
        var held = 0L;
        foreach (ref readonly var piece in Waiting)
        {
            if (piece.IsLent) return;
            held += piece.Holds;
        }

        var size = smaller.MaxBufferSize;
        var blocks = (int)Math.Min((Bytes + size - 1) / size, int.MaxValue);
        if (4L * blocks * size > 3 * held) return;
        var moved = new OutputPiece[blocks];
        var from = _first;
        var taken = 0;
        for (var i = 0; i < blocks; i++)
        {
            var block = smaller.Rent(size);
            var filled = 0;
            while (filled < size && from < _end)
            {
                var next = _pieces[from].Left.Span[taken..];
                var now = Math.Min(next.Length, size - filled);
                next[..now].CopyTo(block.Memory.Span[filled..]);
                filled += now;
                taken += now;
                if (now < next.Length) continue;
                from++;
                taken = 0;
            }

            moved[i] = new OutputPiece(block.Memory[..filled], block);
        }

        for (; _first < _end; _first++) _pieces[_first].Release();
        (_pieces, _first, _end) = (moved, 0, blocks);
    }

    /// <summary>Tells what was taken since the last call.</summary>
    public (long Lent, long Copied) TakeCounts()
    {
        var taken = _taken;
        _taken = default;
        return taken;
    }

    /// <summary>Releases everything that is left, and the memory of places that a large response has needed.</summary>
    public void Clear()
    {
        for (; _first < _end; _first++) _pieces[_first].Release();
        _first = _end = 0;
        if (_pieces.Length > MostIdle) _pieces = [];
        _block?.Dispose();
        _block = null;
        _blockStart = _blockEnd = 0;
        Bytes = 0;
    }

    private void CloseBlock()
    {
        if (_block is null) return;
        if (_blockEnd > _blockStart) Add(new OutputPiece(_block.Memory[_blockStart.._blockEnd], _block));
        else if (_blockStart == 0) _block.Dispose();
        // Nothing is taken before the block is closed, so its last piece is still there; what is lent behind that needs no block.
        else _pieces[_blockPiece].Keep(_block);
        _block = null;
        _blockStart = _blockEnd = 0;
    }

    private void Add(OutputPiece piece)
    {
        if (_end == _pieces.Length) Array.Resize(ref _pieces, Math.Max(4, _end * 2));
        _pieces[_end++] = piece;
    }
}
