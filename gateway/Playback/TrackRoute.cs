using Gateway.Caching;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Transcoding;

namespace Gateway.Playback;

/// <summary>
/// Finds the segment that a chunk's number stands for: the chunks of a track are the segments of an ordinary just-in-time title, in its MPD. The tracker gets to know that MPD, so that the
/// next chunks are fetched ahead as for any player.
/// </summary>
internal sealed class TrackRoute(MediaCache cache, ManifestReader reader, ManifestTracking tracking, TranscoderOptions options, MediaOptions media)
{
    public TranscoderOptions Options => options;

    /// <summary>The path for which access to a track is checked: that of a title of its name.</summary>
    public string GrantedPathOf(TrackRequest track) => MediaOptions.PathOf(media.HlsPath, track.MediaId);

    /// <summary>The address of a chunk; null when the request was answered: there is no such track or chunk, or it cannot be made.</summary>
    /// <param name="context">The request.</param>
    /// <param name="track">What is asked for.</param>
    /// <param name="listing">Makes the request for the track's MPD within the same session.</param>
    public async ValueTask<MediaAddress?> FindAsync(HttpContext context, TrackRequest track, Func<MediaAddress, PlaybackRequest> listing)
    {
        var mpd = track.AddressOf(options, TranscoderOptions.TrackManifest);
        using var reply = await cache.OpenAsync(reader.RequestFor(mpd), context.RequestAborted);
        if (UpstreamProblem.Of(reply) is { } problem)
        {
            await ProblemDocument.WriteAsync(context, problem, UpstreamProblem.NotesOf(reply));
            return null;
        }

        var (manifest, refusal) = await reader.ReadAsync(reply, mpd, isBlocking: false, context.RequestAborted);
        if (manifest is null)
        {
            await ProblemDocument.WriteAsync(context, ManifestHandler.CodeOf(refusal));
            return null;
        }

        if (manifest.Timelines is not [var timeline, ..] || track.Chunk >= timeline.Count)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.AssetNotFound);
            return null;
        }

        var request = listing(mpd);
        if (request.Tracker.Find(mpd) is null) tracking.Take(request, mpd, manifest, reply.FinalUrl);
        return timeline[track.Chunk!.Value].Address;
    }
}
