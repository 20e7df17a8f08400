using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests;

/// <summary>
/// Finds the timelines that a player requests first from a manifest: the variant that a multivariant playlist lists first (with which HLS players begin) and the
/// audio that belongs to it; where asked for, also the lowest variant, with which some players begin; of an MPD, the first and the last rendition, in general the first of video and one of audio.
/// </summary>
internal sealed class FirstTimelines(ManifestSource source, ManifestReader reader)
{
    /// <summary>Empty when the manifest cannot be fetched, or lists nothing.</summary>
    /// <param name="entry">The manifest.</param>
    /// <param name="maxKbps">Highest bitrate that the player is offered; 0 = no limit.</param>
    /// <param name="withLowest">Whether the player may begin with the lowest variant instead.</param>
    /// <param name="leaving">The client left.</param>
    public async Task<IReadOnlyList<MediaTimeline>> FindAsync(MediaAddress entry, int maxKbps, bool withLowest, CancellationToken leaving)
    {
        var (manifest, _) = await source.ReadAsync(entry, leaving);
        if (manifest is null) return [];
        if (manifest.Timelines is [var first, .., var last]) return [first, last];
        if (manifest.Timelines.Count > 0 || manifest is not HlsMultivariantPlaylist multivariant) return manifest.Timelines;

        var found = new List<MediaTimeline>(3);
        foreach (var playlist in FirstPlaylists(multivariant.Ladder, maxKbps, withLowest))
        {
            var (media, mediaUrl) = await source.ReadAsync(playlist, leaving);
            if (media is null || mediaUrl is null) continue;
            found.AddRange(reader.TimelinesFor(media, multivariant.Variables, mediaUrl.AbsoluteUri, playlist.Cluster));
        }

        return found;
    }

    private static IEnumerable<MediaAddress> FirstPlaylists(VariantLadder ladder, int maxKbps, bool withLowest)
    {
        var variants = ladder.Variants.Where(v => !v.TrickPlay && v.Address is not null).ToArray();
        if ((variants.FirstOrDefault(v => maxKbps == 0 || v.Bandwidth <= maxKbps * 1000L) ?? variants.MinBy(v => v.Bandwidth)) is not { } variant) yield break;
        yield return variant.Address!.Value;
        if (withLowest && variants.MinBy(v => v.Bandwidth) is { } lowest && lowest.Address!.Value != variant.Address.Value) yield return lowest.Address.Value;
        var audio = ladder.Renditions.Where(r => r is { Kind: RenditionKind.Audio, Address: not null } && r.Group == variant.AudioGroup).ToArray();
        if ((audio.FirstOrDefault(r => r.IsDefault) ?? audio.FirstOrDefault()) is { } first) yield return first.Address!.Value;
    }
}
