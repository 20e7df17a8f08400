using System.Runtime.InteropServices;

namespace Gateway.Manifests.Hls;

/// <summary>One segment or part, in 24 bytes: a day of two-second segments takes a megabyte beside the playlist itself.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HlsTimelineRow
{
    /// <summary>Media time in ticks. Where the next row begins this one ends.</summary>
    public long Start;

    /// <summary>Where its reference lies; see <see cref="HlsTimelineText"/>.</summary>
    public int Text;

    /// <summary>Hash of its address.</summary>
    public int Hash;

    /// <summary>Index of its init section and key.</summary>
    public int Context;

    public ushort TextLength;

    /// <summary>Bits of <see cref="Timelines.EntryFlags"/>.</summary>
    public byte Flags;

    /// <summary>Bits of <see cref="Timelines.EntryKind"/>.</summary>
    public byte Kind;
}
