using System.Buffers;

namespace Gateway.Connections.Receiving;

/// <summary>
/// The bytes that a connection has received and that are not consumed, in blocks of a pool. A block goes back as soon as its bytes are consumed, so that a connection that waits for its next request holds none.
/// </summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class InputBlocks(MemoryPool<byte> pool)
{
    /// <summary>A receive into less than this is not worth its system call.</summary>
    private const int LeastSpace = 2 << 10;

    private InputBlock? _first;
    private InputBlock? _last;

    // Where the first block's unconsumed bytes begin.
    private int _begin;

    // A connection mostly has one block at a time: its object is used again.
    private InputBlock? _spare;

    public ReadOnlySequence<byte> Bytes => _first is null ? default : new ReadOnlySequence<byte>(_first, _begin, _last!, _last!.Filled);

    /// <summary>Memory to receive into; it stays in the row, also if nothing comes (<see cref="Trim"/>).</summary>
    public Memory<byte> Space()
    {
        if (_last is { } last && last.Space.Length >= LeastSpace) return last.Space;
        var block = _spare ?? new InputBlock();
        _spare = null;
        block.Take(pool.Rent(), _last is null ? 0 : _last.RunningIndex + _last.Filled);
        if (_last is null) (_first, _begin) = (block, 0);
        else _last.Follow(block);
        _last = block;
        return block.Space;
    }

    /// <summary>So many bytes were received into <see cref="Space"/>.</summary>
    public void Fill(int bytes) => _last!.Fill(bytes);

    /// <summary>Gives memory back that nothing was received into, if it is the only block.</summary>
    public void Trim()
    {
        if (_first is not null && _first == _last && _first.Filled == _begin) Clear();
    }

    /// <summary>Whether a position is behind all that was received.</summary>
    public bool IsEnd(SequencePosition position) =>
        _last is null || (position.GetObject() is InputBlock block && block.RunningIndex + position.GetInteger() == _last.RunningIndex + _last.Filled);

    /// <summary>Gives back what lies before a position of <see cref="Bytes"/>.</summary>
    public void Consume(SequencePosition position)
    {
        if (position.GetObject() is not InputBlock block) return;
        while (_first is not null && _first != block) DropFirst();
        if (_first is null) throw new ArgumentException("Bytes are consumed that were consumed before.", nameof(position));
        _begin = position.GetInteger();
        // A block that is read to its end in the middle of the row will not be filled further.
        while (_first is { } first && _begin == first.Filled)
        {
            DropFirst();
            _begin = 0;
        }
    }

    public void Clear()
    {
        while (_first is not null) DropFirst();
        _begin = 0;
    }

    private void DropFirst()
    {
        var block = _first!;
        _first = block.Following;
        if (_first is null) _last = null;
        block.GiveBack();
        _spare = block;
    }
}
