using System.Collections.Immutable;

namespace Gateway.Manifests.Timeline;

/// <summary>What a multivariant playlist or an MPD offers: the rungs that adaptation may choose among, and the renditions beside them.</summary>
/// <param name="Variants">In the order of the manifest.</param>
/// <param name="Renditions">Alternative audio, video and subtitles, in the order of the manifest.</param>
internal sealed record VariantLadder(ImmutableArray<Variant> Variants, ImmutableArray<Rendition> Renditions)
{
    public static VariantLadder Empty { get; } = new([], []);
}
