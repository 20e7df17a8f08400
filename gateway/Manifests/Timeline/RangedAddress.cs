using Gateway.Origin;

namespace Gateway.Manifests.Timeline;

/// <summary>A resource upstream, or a run of bytes of it.</summary>
internal readonly record struct RangedAddress(MediaAddress Address, ByteRange? Range);
