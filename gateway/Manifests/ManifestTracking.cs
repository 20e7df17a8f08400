using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Prefetch;

namespace Gateway.Manifests;

/// <summary>Tells a session's tracker the timelines and ladders of a manifest that is about to be sent.</summary>
internal sealed class ManifestTracking(ManifestReader reader, OfferReader offers, Prefetcher prefetcher, TimeProvider time)
{
    /// <param name="request">Of the viewer.</param>
    /// <param name="playlist">The manifest's own address, without delivery directives.</param>
    /// <param name="manifest">What upstream sent.</param>
    /// <param name="finalUrl">Where it came from.</param>
    public void Take(PlaybackRequest request, MediaAddress playlist, UpstreamManifest manifest, string finalUrl)
    {
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
            var timelines = manifest.Protocol == StreamingProtocol.Dash && offer is not null ? offer.Timelines
                : manifest is not HlsMediaPlaylist { Imports: true } ? reader.WholeTimelines(manifest, request.Tracker.Find(playlist), finalUrl, playlist.Cluster)
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
