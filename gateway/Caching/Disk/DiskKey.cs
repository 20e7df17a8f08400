using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>Identity of an object on disk, as keyed hashes: the strings themselves stand in the record, where each look-up compares them.</summary>
/// <param name="Object">Of the whole <see cref="Store.CacheKey"/>.</param>
/// <param name="Variant">Of that and the values selected by Vary: one copy of each is current.</param>
/// <param name="Address">Of the address alone, under which all slices and partitions are invalidated.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiskKey(ulong Object, ulong Variant, ulong Address)
{
    /// <summary>Seed of the folder for which they were hashed: in another one they name nothing.</summary>
    public ulong Folder { get; init; }
}
