using Gateway.Access;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Prefetch;
using Gateway.Timelines;

namespace Gateway.Sessions.Limits;

/// <summary>
/// Keeps a viewer with a bitrate limit from what its ladder leaves out, also when somebody guesses the URL. What is refused is proven: a ladder of the title names
/// the playlist, or the segment stands in a playlist or MPD that is left out, and nothing that is shown has it. Everything else passes, and so does
/// what cannot be found out within <see cref="Limit"/>.
/// </summary>
/// <remarks>
/// Media that the viewer's own manifests list pass after one look into the session's tracker, so a player of what was offered never waits here. Only for the rest is anything
/// read, and that from the cache: (1) once per session the title's ladders where <see cref="MediaOptions"/> says that they lie, for a session that began
/// in the middle or came from another node; (2) the playlists that are left out. Initialisation sections and keys are nowhere listed by themselves and pass.
/// </remarks>
internal sealed class BitrateGate(ManifestSource source, ManifestReader reader, OfferReader offers, MediaOptions media, TimeProvider time)
{
    /// <summary>A player can wait that long for a segment without a stall.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>A segment lies in its title's folder or in one or two below: rendition, then kind of media or Period.</summary>
    private const int FoldersUp = 3;

    /// <summary>Playlists that are read for one answer; titles have ten to twenty.</summary>
    private const int MostRead = 64;

    /// <summary>Whether a request is for what the viewer's limit leaves out.</summary>
    public ValueTask<bool> RefusesAsync(PlaybackRequest request, CancellationToken leaving)
    {
        if (request.Offers is not { } ladders) return ValueTask.FromResult(false);
        if (MediaPath.HidesSlashInParameter(request.Address.Path)) return ValueTask.FromResult(true);
        var asked = request.Address with { Query = DeliveryDirectives.Of(request.Address.Query).BareQuery };
        var range = request.Range.AsAsked;
        var plain = PlainSpelling.Of(asked);
        var isManifest = ManifestKinds.IsManifestPath(asked.Path);
        if (!isManifest && (IsListed(request, asked) || IsListed(request, plain))) return ValueTask.FromResult(false);
        return Judge(ladders, asked, plain) switch
        {
            OfferVerdict.Shown => ValueTask.FromResult(false),
            OfferVerdict.Withheld => ValueTask.FromResult(true),
            _ when isManifest && ladders.Sought => ValueTask.FromResult(false),
            _ => FindOutAsync(request, ladders, asked, plain, isManifest ? null : new RangedAddress(asked, range), leaving),
        };
    }

    private async ValueTask<bool> FindOutAsync(
        PlaybackRequest request, OfferedLadders ladders, MediaAddress asked, MediaAddress plain, RangedAddress? segment, CancellationToken leaving)
    {
        using var tooLong = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving, tooLong.Token);
        try
        {
            // A ladder is no rung: it is read in any case, and the manifest handler finds it in the cache.
            if (segment is null && !await IsMediaPlaylistAsync(asked, limit.Token)) return false;
            if (!ladders.Sought) await SeekAsync(request, ladders, plain, limit.Token);
            var verdict = Judge(ladders, asked, plain);
            if (verdict != OfferVerdict.Unknown || segment is not { } wanted) return verdict == OfferVerdict.Withheld;
            return await IsOnlyInWithheldAsync(request.Tracker, ladders, [asked, plain], wanted.Range, limit.Token);
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsMediaPlaylistAsync(MediaAddress address, CancellationToken leaving)
    {
        var (manifest, _) = await source.ReadAsync(address, leaving);
        return manifest is HlsMediaPlaylist;
    }

    /// <summary>Looks for the ladders of the title to which a resource belongs: in its folder, then in those above, until there is one.</summary>
    private async Task SeekAsync(PlaybackRequest request, OfferedLadders ladders, MediaAddress asked, CancellationToken leaving)
    {
        var end = asked.Path.LastIndexOf('/');
        for (var level = 0; level < FoldersUp && end > 0; level++, end = asked.Path.LastIndexOf('/', end - 1))
        {
            var found = false;
            foreach (var template in new[] { media.HlsPath, media.DashPath })
            {
                var ladder = new MediaAddress(asked.Cluster, asked.Path[..end] + MediaOptions.TailOf(template), string.Empty);
                var (manifest, url) = await source.ReadAsync(ladder, leaving);
                if (manifest is null || url is null || offers.Of(manifest, request.MaxKbps, url.AbsoluteUri, ladder.Cluster) is not { } offer) continue;
                ladders.Take(ladder, offer);
                found = true;
            }

            if (found) break;
        }

        // Set only at the end: a client that aborts the first request, or sends a second beside it, must not get past the limit.
        ladders.Sought = true;
    }

    private async Task<bool> IsOnlyInWithheldAsync(PlaybackTracker tracker, OfferedLadders ladders, MediaAddress[] spellings, ByteRange? range, CancellationToken leaving)
    {
        var isWithheld = false;
        foreach (var spelling in spellings)
        {
            var verdict = ladders.JudgeSegment(spelling, range);
            if (verdict == OfferVerdict.Shown) return false;
            isWithheld |= verdict == OfferVerdict.Withheld;
        }

        var (withheld, shown) = ladders.Playlists();
        return (isWithheld || await IsInOneOfAsync(withheld)) && !await IsInOneOfAsync(shown);

        async Task<bool> IsInOneOfAsync(MediaAddress[] playlists)
        {
            foreach (var playlist in playlists.Take(MostRead))
            {
                var (manifest, url) = await source.ReadAsync(playlist, leaving);
                if (manifest is null || url is null) continue;
                var timelines = reader.TimelinesFor(manifest, tracker.Ladders.VariablesFor(playlist), url.AbsoluteUri, playlist.Cluster);
                if (Array.Exists(spellings, s => LadderOffer.Lists(timelines, s, range))) return true;
            }

            return false;
        }
    }

    private static bool IsListed(PlaybackRequest request, MediaAddress segment) =>
        segment == request.Address ? request.Location.IsListed : request.Tracker.Locate(segment, request.Range.AsAsked).IsListed;

    /// <summary>The requested spelling is looked up first; the normalised one finds a playlist hidden behind escapes or a meaningless query.</summary>
    private static OfferVerdict Judge(OfferedLadders ladders, MediaAddress asked, MediaAddress plain) =>
        ladders.Judge(asked) is var verdict and not OfferVerdict.Unknown ? verdict : ladders.Judge(plain);
}
