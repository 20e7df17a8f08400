using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Caching.Disk;

/// <summary>
/// The file <c>state</c>: what holds for the whole folder, in pages of a block with a checksum each. Page 0 names the format, the layout, and a secret that begins every other checksum: a folder with
/// a new secret is empty, whatever bytes lie in its slabs. The other pages are those of the <see cref="Invalidations"/>.
/// </summary>
internal sealed class StateFile : IDisposable
{
    /// <summary>Bytes of a page beside its checksum.</summary>
    public const int PageBytes = SlabLayout.Block - sizeof(ulong);

    private const string Name = "state";
    private const ulong Magic = 0x3130_4B53_4944_5447;
    private const int SecretBytes = 32;
    private const int SecretAt = 32;

    private readonly DiskFiles _files;
    private readonly SafeFileHandle _file;

    private StateFile(DiskFiles files, SafeFileHandle file, byte[] secret)
    {
        _files = files;
        _file = file;
        Secret = secret;
        Seed = BinaryPrimitives.ReadUInt64LittleEndian(secret);
    }

    public byte[] Secret { get; }

    /// <summary>What every checksum of this folder begins with.</summary>
    public ulong Seed { get; }

    /// <summary>Nothing of what lies in the folder is to be used.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Two numbers that page 0 carries for the <see cref="Invalidations"/>.</summary>
    public (long Ceiling, long Floor) Numbers { get; private set; }

    /// <summary>Opens the file; where it is missing, broken or about another layout, it begins anew, and the folder is empty.</summary>
    public static StateFile Open(DiskFiles files, SlabLayout layout)
    {
        var file = files.OpenAny(Name);
        try
        {
            var page = new byte[SlabLayout.Block];
            if (files.Read(file, page, 0) == page.Length && IsWhole(page, Magic)
                && BinaryPrimitives.ReadInt64LittleEndian(page) == layout.SlabBytes && BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(8)) == layout.Slabs)
            {
                return new StateFile(files, file, page[SecretAt..(SecretAt + SecretBytes)])
                {
                    Numbers = (BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(16)), BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(24))),
                };
            }

            var fresh = new StateFile(files, file, RandomNumberGenerator.GetBytes(SecretBytes)) { IsNew = true };
            RandomAccess.SetLength(file, (long)layout.StatePages * SlabLayout.Block);
            var empty = new byte[PageBytes];
            for (var i = 1; i < layout.StatePages; i++) fresh.Write(i, empty);
            // Slabs of another layout would lie there beside the new ones, perhaps for ever.
            files.DeleteAll(Slab.Prefix);
            fresh.Write(layout, 0, 0);
            return fresh;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A page as it was written; null when it is torn, cut off, or of another folder.</summary>
    public byte[]? Read(int page)
    {
        var bytes = new byte[SlabLayout.Block];
        return _files.Read(_file, bytes, (long)page * SlabLayout.Block) == bytes.Length && IsWhole(bytes, Seed + (ulong)page) ? bytes[..PageBytes] : null;
    }

    /// <summary>Writes a page; a killed process leaves it written, for it lies with the system.</summary>
    public void Write(int page, ReadOnlySpan<byte> content) => Write(page, content, Seed + (ulong)page);

    public void Write(SlabLayout layout, long ceiling, long floor)
    {
        var page = new byte[PageBytes];
        BinaryPrimitives.WriteInt64LittleEndian(page, layout.SlabBytes);
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(8), layout.Slabs);
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(16), ceiling);
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(24), floor);
        Secret.CopyTo(page.AsSpan(SecretAt));
        Write(0, page, Magic);
        // A loss of power must not give numbers a second time: what was fetched before would pass for newer than a purge.
        Sync();
        Numbers = (ceiling, floor);
    }

    /// <summary>Makes what was written survive a loss of power, too.</summary>
    public void Sync() => _files.Sync(_file);

    /// <summary>The folder is not to be trusted any more: it will be found empty.</summary>
    public void Destroy()
    {
        try
        {
            _files.Delete(Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that can be neither written nor deleted cannot be helped from here; the log tells of the failed write.
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> page, ulong seed) => BinaryPrimitives.ReadUInt64LittleEndian(page[PageBytes..]) == Checksum.Of(seed, page[..PageBytes]);

    private void Write(int page, ReadOnlySpan<byte> content, ulong seed)
    {
        Span<byte> bytes = stackalloc byte[SlabLayout.Block];
        bytes.Clear();
        content.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[PageBytes..], Checksum.Of(seed, bytes[..PageBytes]));
        _files.Write(_file, bytes, (long)page * SlabLayout.Block);
    }
}
