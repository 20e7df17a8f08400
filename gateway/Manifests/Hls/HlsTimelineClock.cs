using System.Runtime.InteropServices;

namespace Gateway.Manifests.Hls;

/// <summary>Wall-clock time (EXT-X-PROGRAM-DATE-TIME) from a segment on.</summary>
/// <param name="Segment">Index of the segment.</param>
/// <param name="Start">Its media time in ticks.</param>
/// <param name="At">When it plays; null after a discontinuity that does not tell.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HlsTimelineClock(int Segment, long Start, DateTimeOffset? At);
