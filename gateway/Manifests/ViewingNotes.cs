using Gateway.Manifests.Offers;
using Gateway.Origin;
using Gateway.Prefetch;

namespace Gateway.Manifests;

/// <summary>Tells a viewing's trail what its viewer will play by a manifest that is about to be handed out.</summary>
internal sealed class ViewingNotes(ManifestReader reader, OfferReader offers, Prefetcher prefetcher)
{
    /// <param name="request">Of the viewer.</param>
    /// <param name="playlist">The manifest's own address, without delivery directives.</param>
    /// <param name="manifest">What upstream sent.</param>
    /// <param name="finalUrl">Where it came from.</param>
    public void Take(StreamRequest request, MediaAddress playlist, UpstreamManifest manifest, string finalUrl)
    {
        if (!manifest.IsDocument)
        {
            var offer = request.Offers is null ? null : offers.Of(manifest, request.MaxKbps, finalUrl, playlist.Cluster);
            if (offer is not null) request.Offers!.Take(playlist, offer);
            var timelines = manifest.Protocol == StreamingProtocol.Dash && offer is not null ? offer.Timelines
                : !manifest.Imports ? manifest.Timelines
                : reader.TimelinesFor(manifest, request.Trail.Ladders.VariablesFor(playlist), finalUrl, playlist.Cluster);
            request.Trail.Loaded(manifest.Protocol, playlist, timelines);
            prefetcher.Reloaded(request.Trail, playlist);
        }

        if (manifest is { Ladder: { } ladder, Variables: { } variables }) request.Trail.Ladders.Take(playlist, ladder, variables);
    }
}
