using System.Runtime.InteropServices;

namespace Gateway.Manifests.Offers;

/// <summary>One variant of a multivariant playlist, or one Representation of an MPD, as <see cref="LadderCap"/> sees it.</summary>
/// <param name="Bandwidth">The peak, by which players choose, in bit/s; 0 where the manifest gives none.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Codecs">What plays it.</param>
/// <param name="Period">Which rungs are alternatives of each other: the number of the Period; 0 throughout in HLS, whose ladder has no parts.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LadderRung(long Bandwidth, RungKind Kind, CodecFamily Codecs, int Period);
