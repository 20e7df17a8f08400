using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Timelines;

namespace Gateway.Manifests.Offers;

/// <summary>Reads the offer of a ladder under a bitrate limit; once per version and limit, since a service has few limits.</summary>
internal sealed class OfferReader(Upstreams upstreams, TimeProvider time)
{
    /// <summary>The offer of a manifest; null for one that is no ladder.</summary>
    /// <param name="manifest">What upstream sent.</param>
    /// <param name="maxKbps">The limit, more than 0.</param>
    /// <param name="finalUrl">Where it came from.</param>
    /// <param name="cluster">Cluster that holds it.</param>
    public CappedLadder? Of(UpstreamManifest manifest, int maxKbps, string finalUrl, string cluster)
    {
        if (manifest.OfferUnder(maxKbps) is { } known) return known;
        if (!UrlReference.TryParse(finalUrl, out var url)) return null;
        var offer = manifest.Protocol == StreamingProtocol.Dash ? OfMpd(manifest, maxKbps, url, cluster)
            : manifest is HlsMultivariantPlaylist playlist ? OfPlaylist(playlist, playlist.Ladder, maxKbps, url, cluster)
            : null;
        if (offer is not null) manifest.Keep(offer);
        return offer;
    }

    /// <summary>Peak bitrates of the rungs with video, or of all where there is none, in bit/s and rising; empty for what is no ladder.</summary>
    public ImmutableArray<long> RungsOf(UpstreamManifest manifest, string finalUrl, string cluster)
    {
        var ladder = (manifest as HlsMultivariantPlaylist)?.Ladder;
        if (manifest.Protocol == StreamingProtocol.Dash && UrlReference.TryParse(finalUrl, out var url))
            ladder = DashReader.Read(manifest.Body, upstreams.Current, cluster, url, time.GetUtcNow())?.Ladder;
        if (ladder is null) return [];
        var rungs = ladder.Variants.Where(v => !v.TrickPlay && v.Bandwidth > 0).ToArray();
        // Audio is never left out of an MPD, hence no choice; in HLS it is a rung like others where nothing has video.
        var video = rungs.Where(v => !v.AudioOnly).ToArray();
        if (video.Length == 0 && manifest.Protocol != StreamingProtocol.Dash) video = rungs;
        return [.. video.Select(v => v.Bandwidth).Distinct().Order()];
    }

    private CappedLadder OfPlaylist(UpstreamManifest manifest, VariantLadder ladder, int maxKbps, Uri url, string cluster)
    {
        var all = PlaylistsOf(ladder);
        using var shorter = new PooledBuffer(manifest.Body.Length);
        if (!HlsLadderCap.TryApply(manifest.Body, maxKbps * 1000L, shorter)) return new CappedLadder { MaxKbps = maxKbps, Shown = all };
        var body = shorter.Written.ToArray();
        var variables = new HlsVariables(FrozenDictionary<string, string>.Empty, url.Query);
        var shown = PlaylistsOf(HlsLadderReader.Read(body, new ReferenceBase(upstreams.Current, cluster, url), variables));

        // A ladder that was not read to its end could show further down what it seems to leave out.
        var withheld = ladder.IsWhole ? all.Except(shown).ToFrozenSet() : FrozenSet<MediaAddress>.Empty;
        return new CappedLadder { MaxKbps = maxKbps, Body = new SharedBody(body), Shown = shown, Withheld = withheld };
    }

    /// <summary>Both are read as of one moment: in a live presentation, segments that leave the window between two readings would look left out.</summary>
    private CappedLadder OfMpd(UpstreamManifest manifest, int maxKbps, Uri url, string cluster)
    {
        using var shorter = new PooledBuffer(manifest.Body.Length);
        var now = time.GetUtcNow();
        var outcome = DashLadderCap.Apply(manifest.Body, maxKbps * 1000L, shorter);
        if (outcome != DashCapOutcome.Cut)
            return new CappedLadder { MaxKbps = maxKbps, IsRefused = outcome == DashCapOutcome.Refused, Timelines = manifest.Timelines };
        var body = shorter.Written.ToArray();
        var whole = DashReader.Read(manifest.Body, upstreams.Current, cluster, url, now);
        var offered = DashReader.Read(body, upstreams.Current, cluster, url, now);
        if (whole is null || offered is null) return new CappedLadder { MaxKbps = maxKbps, Body = new SharedBody(body), Timelines = manifest.Timelines };
        return new CappedLadder
        {
            MaxKbps = maxKbps,
            Body = new SharedBody(body),
            Timelines = [.. offered.Timelines],
            Whole = [.. whole.Timelines],
            TimelineBytes = offered.Bytes + whole.Bytes,
        };
    }

    private static FrozenSet<MediaAddress> PlaylistsOf(VariantLadder ladder) =>
        ladder.Variants.Select(v => v.Address).Concat(ladder.Renditions.Select(r => r.Address)).OfType<MediaAddress>().ToFrozenSet();
}
