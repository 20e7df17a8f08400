using System.Buffers;

namespace Gateway.Connections.Receiving;

/// <summary>A block of received bytes in the row of those that are not consumed.</summary>
internal sealed class InputBlock : ReadOnlySequenceSegment<byte>
{
    private IMemoryOwner<byte>? _owner;
    private Memory<byte> _all;

    /// <summary>Bytes received into it.</summary>
    public int Filled => Memory.Length;

    /// <summary>Where more can be received.</summary>
    public Memory<byte> Space => _all[Filled..];

    public InputBlock? Following => (InputBlock?)Next;

    /// <summary>Begins with memory from a pool.</summary>
    /// <param name="owner">Is given back with <see cref="GiveBack"/>.</param>
    /// <param name="before">Bytes in the blocks before it, since the first of the row.</param>
    public void Take(IMemoryOwner<byte> owner, long before)
    {
        (_owner, _all) = (owner, owner.Memory);
        RunningIndex = before;
    }

    public void Fill(int bytes) => Memory = _all[..(Filled + bytes)];

    public void Follow(InputBlock next) => Next = next;

    public void GiveBack()
    {
        _owner?.Dispose();
        _owner = null;
        _all = default;
        Memory = default;
        Next = null;
    }
}
