using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>Where a copy of an object lies.</summary>
/// <param name="Object">Hash of its key.</param>
/// <param name="Variant">Low half of the hash of its key and selection.</param>
/// <param name="Block">First block of its record, counted over all slabs.</param>
/// <param name="Blocks">Blocks of its record.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiskPlace(ulong Object, uint Variant, uint Block, uint Blocks)
{
    /// <summary>Its number in the <see cref="DiskIndex"/>, while it stands there.</summary>
    public int Slot { get; init; }
}
