using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>A record that was appended, and is to be named by the index when it is confirmed.</summary>
/// <param name="Place">Where it lies.</param>
/// <param name="From">The place of the copy that it was made from, when it was appended anew.</param>
/// <param name="Use">The entry's note in memory, when there is one.</param>
/// <param name="Bytes">Bytes of the record.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Appended(DiskPlace Place, DiskPlace? From, DiskUse? Use, long Bytes);
