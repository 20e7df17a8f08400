using Gateway.Adaptation;
using Gateway.Adaptation.Policy;
using Gateway.Adaptation.Serving;
using Gateway.Manifests.Auto;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Prefetch;
using Gateway.Timelines;

namespace Gateway.Manifests;

/// <summary>Tells a session's tracker the timelines and ladders of a manifest that is about to be sent.</summary>
internal sealed class ManifestTracking(ManifestReader reader, OfferReader offers, AutoLadderReader autos, AdaptationPolicy policy, Prefetcher prefetcher, TimeProvider time)
{
    /// <param name="request">Of the viewer.</param>
    /// <param name="playlist">The manifest's own address, without delivery directives.</param>
    /// <param name="manifest">What upstream sent.</param>
    /// <param name="finalUrl">Where it came from.</param>
    /// <param name="leaving">The client left.</param>
    /// <returns>For a session of the rendition <c>auto</c>, why the title cannot be played so.</returns>
    public ValueTask<AutoRefusal> TakeAsync(PlaybackRequest request, MediaAddress playlist, UpstreamManifest manifest, string finalUrl, CancellationToken leaving)
    {
        Take(request, playlist, manifest, finalUrl, out var timelines);
        if (request.Adapted is not { } session) return default;
        if (manifest is HlsMultivariantPlaylist ladder) session.Offered(playlist, ladder.Ladder.Variants, 0, request.MaxKbps);
        else if (manifest is DashMpd mpd) session.Offered(playlist, [.. timelines.Select(t => t.Rung).OfType<Variant>()], mpd.AudioBandwidth, request.MaxKbps);
        return session.IsAuto ? TakeAutoAsync(request, session, playlist, manifest, timelines, leaving) : default;
    }

    private async ValueTask<AutoRefusal> TakeAutoAsync(
        PlaybackRequest request, AdaptedSession session, MediaAddress address, UpstreamManifest manifest, IReadOnlyList<MediaTimeline> timelines, CancellationToken leaving)
    {
        if (manifest is HlsMultivariantPlaylist or DashMpd)
        {
            if (!policy.Has(AdaptationLevers.Auto)) return AutoRefusal.Off;
            var (ladder, refusal) = await autos.ReadAsync(address, manifest, timelines, request.MaxKbps, leaving);
            session.Play(ladder);
            if (ladder is not null) Load(request.Tracker, ladder);
            return refusal;
        }

        if (manifest is HlsMediaPlaylist && session.Auto is { } auto && auto.Shown.Playlist == address && timelines is [{ HasEnd: false }])
        {
            var renewed = await autos.RenewAsync(auto, leaving);
            session.Play(renewed);
            Load(request.Tracker, renewed);
        }

        return AutoRefusal.None;
    }

    /// <summary>What a player of the whole ladder would load, so that any rung can be prefetched.</summary>
    private void Load(PlaybackTracker tracker, AlignedLadder ladder)
    {
        foreach (var rung in ladder.Rungs)
        {
            if (rung.Playlist is { } playlist) tracker.Loaded(StreamingProtocol.Hls, playlist, [rung.Timeline], default, time.GetUtcNow());
        }
    }

    /// <summary>The same for a manifest that the gateway reads for itself.</summary>
    public void Take(PlaybackRequest request, MediaAddress playlist, UpstreamManifest manifest, string finalUrl) => Take(request, playlist, manifest, finalUrl, out _);

    private void Take(PlaybackRequest request, MediaAddress playlist, UpstreamManifest manifest, string finalUrl, out IReadOnlyList<MediaTimeline> timelines)
    {
        timelines = [];
        if (manifest is DashPart part)
        {
            if (request.MaxKbps == 0 && request.Tracker.Patchables.Find(playlist) is { } patchable) TakePatch(request.Tracker, playlist, part, patchable);
            return;
        }

        if (manifest is DashMpd { PatchLocations.IsEmpty: false } mpd) request.Tracker.Patchables.Take(new PatchableManifest(playlist, finalUrl, mpd.Body, mpd.Version, mpd.PatchLocations));
        if (manifest is not AuxiliaryDocument)
        {
            var offer = request.Offers is null ? null : offers.Of(manifest, request.MaxKbps, finalUrl, playlist.Cluster);
            if (offer is not null) request.Offers!.Take(playlist, offer);
            timelines = manifest.Protocol == StreamingProtocol.Dash && offer is not null ? offer.Timelines
                : manifest is not HlsMediaPlaylist { Imports: true } ? reader.WholeTimelines(manifest, request.Tracker.Find(playlist))
                : reader.TimelinesFor(manifest, request.Tracker.Ladders.VariablesFor(playlist), finalUrl, playlist.Cluster);
            request.Tracker.Loaded(manifest.Protocol, playlist, timelines, manifest.Version, time.GetUtcNow());
            prefetcher.Reloaded(request.Tracker, playlist);
        }

        if (manifest is HlsMultivariantPlaylist multivariant) request.Tracker.Ladders.Take(playlist, multivariant.Ladder, multivariant.Variables);
    }

    /// <summary>What the viewer's MPD is after a patch. A player that could not apply it loads the MPD anew.</summary>
    private void TakePatch(PlaybackTracker tracker, MediaAddress address, DashPart patch, PatchableManifest to)
    {
        if (reader.Apply(patch, to) is not { } patched) return;
        tracker.Patchables.Take(to with { Document = patched.Body, Version = patched.Version, Patches = [.. patched.PatchLocations, address] });
        tracker.Loaded(patched.Protocol, to.Address, patched.Timelines, patched.Version, time.GetUtcNow());
        prefetcher.Reloaded(tracker, to.Address);
    }
}
