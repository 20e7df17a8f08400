using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>A resource upstream, or a run of bytes of it.</summary>
internal readonly record struct RangedAddress(MediaAddress Address, ByteRange? Range);
