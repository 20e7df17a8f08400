using System.Buffers;
using System.Runtime.InteropServices;

namespace Gateway.Connections.Sending;

/// <summary>Bytes that are to be sent in one go with their neighbours, where they lie: in a block of the connection's, or in one that is lent.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct OutputPiece
{
    private MemoryHandle _pin;
    private IMemoryOwner<byte>? _block;
    private ByteLease _lease;
    private int _taken;

    public OutputPiece(ReadOnlyMemory<byte> bytes, ByteLease lease)
    {
        (Left, _lease, IsLent) = (bytes, lease, true);
        _pin = bytes.Pin();
    }

    /// <param name="bytes">Part of a block.</param>
    /// <param name="block">The block, where this is its last piece; else null.</param>
    public OutputPiece(ReadOnlyMemory<byte> bytes, IMemoryOwner<byte>? block)
    {
        (Left, _block) = (bytes, block);
        _pin = bytes.Pin();
    }

    /// <summary>What has not been taken yet.</summary>
    public ReadOnlyMemory<byte> Left { get; private set; }

    public bool IsLent { get; }

    /// <summary>Bytes of the block that goes back with this piece.</summary>
    public readonly int Holds => _block?.Memory.Length ?? 0;

    /// <summary>Where <see cref="Left"/> begins. Good until <see cref="Release"/>, for the bytes are pinned: cached blocks and those of connections for life, at no cost, others by a handle.</summary>
    public readonly unsafe byte* Address => (byte*)_pin.Pointer + _taken;

    public void Take(int bytes)
    {
        Left = Left[bytes..];
        _taken += bytes;
    }

    /// <summary>Keeps a block of earlier pieces until this one is released.</summary>
    public void Keep(IMemoryOwner<byte> block) => _block = block;

    /// <summary>Gives everything back; the second call does nothing.</summary>
    public void Release()
    {
        var (pin, block, lease) = (_pin, _block, _lease);
        this = default;
        pin.Dispose();
        block?.Dispose();
        lease.Release();
    }
}
