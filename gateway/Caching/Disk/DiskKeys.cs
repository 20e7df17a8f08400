using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Caching.Disk;

/// <summary>
/// Makes <see cref="DiskKey"/>s: SHA-256 over a secret of this folder and the parts of the key, cut to eight bytes. Addresses come from clients: without the secret nobody can choose some that fall into
/// one chain of the index. Takes about a microsecond, and only where memory does not answer.
/// </summary>
/// <param name="secret">32 bytes.</param>
internal sealed class DiskKeys(byte[] secret)
{
    private const int Usual = 1024;

    private readonly ulong _folder = BinaryPrimitives.ReadUInt64LittleEndian(secret);

    public DiskKey Of(CacheKey key, VaryKey vary)
    {
        var one = ObjectOf(key, out var address);
        if (vary.Selected.IsEmpty) return new DiskKey(one, one, address) { Folder = _folder };
        using var text = new Text(secret, one, vary.Selected.Length);
        foreach (var (name, value) in vary.Selected)
        {
            text.Add(name.ToLowerInvariant());
            text.Add(value is null ? "-" : "+");
            text.Add(value ?? string.Empty);
        }

        return new DiskKey(one, text.Hash(), address) { Folder = _folder };
    }

    public ulong AddressOf(MediaAddress address)
    {
        using var text = new Text(secret, 0, 0);
        text.Add(address.Cluster);
        text.Add(address.Path);
        text.Add(address.Query);
        return text.Hash();
    }

    public ulong ObjectOf(CacheKey key, out ulong address)
    {
        address = AddressOf(key.Address);
        if (!key.IsOdd) return address;
        using var text = new Text(secret, address, key.Slice);
        text.Add(key.Partition);
        return text.Hash();
    }

    /// <summary>The bytes to be hashed; each string comes with its length, so that no two keys have the same bytes.</summary>
    private ref struct Text : IDisposable
    {
        private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Usual);
        private int _length;

        public Text(ReadOnlySpan<byte> secret, ulong base1, long base2)
        {
            secret.CopyTo(_bytes);
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(secret.Length), base1);
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(secret.Length + sizeof(ulong)), base2);
            _length = secret.Length + (2 * sizeof(ulong));
        }

        public void Add(string text)
        {
            var bytes = MemoryMarshal.AsBytes(text.AsSpan());
            var needed = _length + sizeof(int) + bytes.Length;
            if (needed > _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(needed * 2);
                _bytes.AsSpan(0, _length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), bytes.Length);
            bytes.CopyTo(_bytes.AsSpan(_length + sizeof(int)));
            _length = needed;
        }

        public readonly ulong Hash()
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(_bytes.AsSpan(0, _length), digest);
            return BinaryPrimitives.ReadUInt64LittleEndian(digest);
        }

        public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
    }
}
