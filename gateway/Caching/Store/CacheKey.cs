using System.Runtime.InteropServices;
using Gateway.Media;

namespace Gateway.Caching.Store;

/// <summary>
/// Identity of a cached object: its address, the partition, and the slice of it. The key is a struct over strings that exist already, so that a look-up allocates
/// nothing. Strings are hashed with the runtime's seeded hash: addresses come from clients.
/// </summary>
/// <param name="Slice">Number of the slice of a large file; <see cref="Whole"/> for a whole object.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CacheKey(MediaAddress Address, string Partition, long Slice)
{
    public const long Whole = -1;

    public static CacheKey Of(CacheRequest request) => new(request.Address, request.Partition, request.Slice);

    /// <summary>One of possibly many keys of its address.</summary>
    public bool IsOdd => Slice != Whole || Partition.Length > 0;

    /// <param name="cluster">Null means any.</param>
    public bool IsBelow(string? cluster, string pathPrefix) =>
        (cluster is null || string.Equals(Address.Cluster, cluster, StringComparison.Ordinal)) && Address.Path.StartsWith(pathPrefix, StringComparison.Ordinal);

    public bool Equals(CacheKey other) =>
        Slice == other.Slice
        && string.Equals(Address.Path, other.Address.Path, StringComparison.Ordinal)
        && string.Equals(Address.Query, other.Address.Query, StringComparison.Ordinal)
        && string.Equals(Address.Cluster, other.Address.Cluster, StringComparison.Ordinal)
        && string.Equals(Partition, other.Partition, StringComparison.Ordinal);

    /// <summary>Clusters and partitions are few and add little: path and query spread the keys.</summary>
    public override int GetHashCode() => HashCode.Combine(Address.Path, Address.Query, Slice);
}
