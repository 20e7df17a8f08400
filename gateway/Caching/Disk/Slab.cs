using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Caching.Disk;

/// <summary>
/// One file of the ring. Its head names a generation, a number that only grows over all slabs: records and footers of another generation are none, so that a slab is emptied by
/// writing one block.
/// <para>
/// A reader enters before it reads and leaves afterwards; <see cref="Retire"/> lets nobody in any more and waits for those within. So no reader sees bytes of a slab's next use.
/// </para>
/// </summary>
internal sealed class Slab(DiskFiles files, SlabLayout layout, int number, ulong seed) : IDisposable
{
    private const ulong Magic = 0x3042_414C_5344_5447;
    private const int HeadBytes = 40;

    /// <summary>How the names of slabs begin.</summary>
    public const string Prefix = "slab-";

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _isLeft = new(true);
    private SafeFileHandle? _file;
    private int _readers;
    private long _generation;

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D4}");

    /// <summary>0 when the slab is empty.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>The counter of the <see cref="Invalidations"/> when it was begun.</summary>
    public long BegunIn { get; private set; }

    /// <summary>Its first block, counted over all slabs.</summary>
    public uint FirstBlock { get; } = (uint)number * (uint)layout.BlocksPerSlab;

    public uint EndBlock => FirstBlock + (uint)layout.BlocksPerSlab;

    /// <summary>Opens the file if it is there, and reads the generation.</summary>
    public void Open()
    {
        _file = files.Open(Name, layout.SlabBytes, make: false);
        Span<byte> head = stackalloc byte[HeadBytes];
        if (_file is null || Read(head, 0) < HeadBytes || BinaryPrimitives.ReadUInt64LittleEndian(head) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(head[32..]) != Checksum.Of(seed + (ulong)number, head[..32]))
        {
            return;
        }

        BegunIn = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
        Volatile.Write(ref _generation, BinaryPrimitives.ReadInt64LittleEndian(head[8..]));
    }

    /// <summary>Begins a new use of an empty slab; its file is made, and its space allocated, when it has none.</summary>
    /// <exception cref="IOException">The disk is full, or fails: the slab is still empty.</exception>
    public void Begin(long generation, long now)
    {
        _file ??= files.Open(Name, layout.SlabBytes, make: true);
        WriteHead(generation, now);
        BegunIn = now;
        Volatile.Write(ref _generation, generation);
    }

    /// <summary>Empties the slab: what it holds is not found from now on, nor after a restart. Waits until its last reader has left.</summary>
    /// <param name="emptied">Called when nobody can enter any more.</param>
    /// <exception cref="IOException">Its head could not be written: it stays as it was.</exception>
    public void Retire(Action emptied)
    {
        if (_file is not null) WriteHead(0, 0);
        lock (_gate) Volatile.Write(ref _generation, 0);
        emptied();
        _isLeft.Wait();
    }

    /// <summary>False when the slab is empty.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_generation == 0) return false;
            if (_readers++ == 0) _isLeft.Reset();
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_readers == 0) _isLeft.Set();
        }
    }

    /// <summary>Reads from an offset in this slab; less than was wanted only where the file was cut.</summary>
    public int Read(Span<byte> into, long offset) => files.Read(_file!, into, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => files.Write(_file!, bytes, offset);

    /// <summary>No thread reads or writes any more.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _isLeft.Dispose();
    }

    private void WriteHead(long generation, long now)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], generation);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], now);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], Checksum.Of(seed + (ulong)number, head[..32]));
        Write(head, 0);
    }
}
