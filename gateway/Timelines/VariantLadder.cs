using System.Collections.Immutable;
using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>What a multivariant playlist or an MPD offers: the rungs that adaptation may choose among, and the renditions beside them.</summary>
/// <param name="Variants">In the order of the manifest.</param>
/// <param name="Renditions">Alternative audio, video and subtitles, in the order of the manifest.</param>
internal sealed record VariantLadder(ImmutableArray<Variant> Variants, ImmutableArray<Rendition> Renditions)
{
    /// <summary>Whether it was read to its end; a ladder beyond all bounds is not.</summary>
    public bool IsWhole { get; init; } = true;

    public static VariantLadder Empty { get; } = new([], []);

    /// <summary>What a media playlist is to a viewer; null for one that is not offered here.</summary>
    public RenditionKind? KindOf(MediaAddress playlist)
    {
        foreach (var rendition in Renditions)
        {
            if (rendition.Address == playlist) return rendition.Kind;
        }

        foreach (var variant in Variants)
        {
            if (variant.Address == playlist) return RenditionKind.Video;
        }

        return null;
    }
}
