using System.Runtime.InteropServices;
using Gateway.Media;

namespace Gateway.Manifests.Hls;

/// <summary>Init section and key that hold for a run of segments.</summary>
/// <param name="Init">Where the reference of the init section lies.</param>
/// <param name="InitLength">0 = no init section.</param>
/// <param name="InitRange">Bytes of it; null = all.</param>
/// <param name="Key">Where the reference of the key lies.</param>
/// <param name="KeyLength">0 = no key, or one that players do not fetch over HTTP.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HlsTimelineContext(int Init, int InitLength, ByteRange? InitRange, int Key, int KeyLength);
