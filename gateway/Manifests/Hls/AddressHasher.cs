using System.Buffers;

namespace Gateway.Manifests.Hls;

/// <summary>Hashes the references of one playlist, most of them without allocating.</summary>
internal sealed class AddressHasher
{
    /// <summary>Bytes that are the same in a reference and on the wire, whether in a file name or in a query.</summary>
    private static readonly SearchValues<byte> WireBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%?"u8);

    /// <summary>Characters of directories that are resolved for one playlist; segments beyond are not prefetched.</summary>
    private const long MostWork = 64 << 20;

    /// <summary>What a directory costs however short it is.</summary>
    private const int DirectoryWork = 128;

    private readonly ReferenceBase _base;
    private long _work;
    private byte[] _directory = [];
    private ResolvedDirectory? _resolved;
    private int _directoryHash;

    public AddressHasher(ReferenceBase from) => _base = from;

    /// <summary>False for references that lead nowhere that is configured.</summary>
    public bool TryHash(ReadOnlySpan<byte> reference, out int hash)
    {
        hash = 0;
        var parts = ReferenceSpelling.Split(reference);
        if (parts.File.IsEmpty || parts.File.ContainsAnyExcept(WireBytes) || parts.Query.ContainsAnyExcept(WireBytes)
            || ReferenceSpelling.IsUnclean(parts.Directory))
        {
            _work += DirectoryWork + _base.Directory.Length + reference.Length;
            if (_work > MostWork || !_base.TryLocate(reference, out var address)) return false;
            hash = AddressHash.Of(address);
            return true;
        }

        if (_resolved is null || !parts.Directory.SequenceEqual(_directory))
        {
            _work += DirectoryWork + _base.Directory.Length + parts.Directory.Length;
            if (_work > MostWork) return false;
            _directory = parts.Directory.ToArray();
            _resolved = _base.Resolve(_directory);
            _directoryHash = _resolved.Cluster is null ? 0 : AddressHash.OfDirectory(_resolved.Cluster, _resolved.Path);
        }

        if (_resolved.Cluster is null) return false;
        hash = AddressHash.Of(_directoryHash, parts.File, parts.Query.Length <= 1 ? [] : parts.Query);
        return true;
    }
}
