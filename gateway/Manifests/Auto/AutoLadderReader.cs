using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Adaptation.Policy;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Responses;
using Gateway.Timelines;

namespace Gateway.Manifests.Auto;

/// <summary>
/// Finds out whether a title can be played as the rendition <c>auto</c>, and makes the ladder for it: (1) the rungs of one decoder and one audio group, within the viewer's limit;
/// (2) their timelines, of HLS from the media playlists; (3) segments that are whole files, clear, and aligned; (4) initialisation sections of which one serves all, with the parameter sets in the
/// samples. Everything is read from the cache, where all sessions share it.
/// </summary>
internal sealed class AutoLadderReader(ManifestSource source, ManifestReader reader, MediaCache cache, TimeProvider time)
{
    private const int MostRungs = 16;

    /// <summary>Initialisation sections have one or two kilobytes.</summary>
    private const int MostInitBytes = 256 << 10;

    /// <summary>A player waits so long for a manifest.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private static readonly FrozenSet<string> SelfContained = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, ".ts", ".m2ts", ".mts");

    /// <summary>The ladder of a multivariant playlist or MPD; null with the reason.</summary>
    /// <param name="address">The manifest's.</param>
    /// <param name="manifest">As upstream sent it.</param>
    /// <param name="timelines">Of an MPD, what the viewer is offered of it.</param>
    /// <param name="maxKbps">The viewer's limit; 0 = none.</param>
    /// <param name="leaving">The client left.</param>
    public async ValueTask<(AlignedLadder? Ladder, AutoRefusal Refusal)> ReadAsync(
        MediaAddress address, UpstreamManifest manifest, IReadOnlyList<MediaTimeline> timelines, int maxKbps, CancellationToken leaving)
    {
        using var tooLong = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving, tooLong.Token);
        try
        {
            // 1, 2
            var rungs = manifest switch
            {
                HlsMultivariantPlaylist playlist => await OfPlaylistAsync(playlist, maxKbps, limit.Token),
                DashMpd => OfMpd(timelines, maxKbps),
                _ => [],
            };
            if (rungs.IsDefault) return (null, AutoRefusal.NotFetched);
            if (rungs.Length < 2) return (null, AutoRefusal.NoLadder);

            // 3
            foreach (var rung in rungs)
            {
                if (Judge(rung.Timeline) is var refusal and not AutoRefusal.None) return (null, refusal);
                if (!AlignedLadder.AreAligned(rungs[^1].Timeline, rung.Timeline)) return (null, AutoRefusal.NotAligned);
            }

            // 4
            var unfit = await JudgeInitsAsync(rungs, limit.Token);
            return unfit == AutoRefusal.None ? (new AlignedLadder(address, rungs, AutoRendition.Shown(rungs.Length)), unfit) : (null, unfit);
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            return (null, AutoRefusal.NotFetched);
        }
    }

    /// <summary>The same ladder with what its playlists list now: a player of a broadcast reloads the one that it is shown, and the others go on as well.</summary>
    public async ValueTask<AlignedLadder> RenewAsync(AlignedLadder ladder, CancellationToken leaving)
    {
        using var tooLong = new CancellationTokenSource(Limit / 4, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving, tooLong.Token);
        try
        {
            var renewed = await Task.WhenAll(ladder.Rungs.Select(r => RenewAsync(r, limit.Token)));
            return ladder with { Rungs = [.. renewed] };
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            return ladder;
        }
    }

    private async Task<AlignedRung> RenewAsync(AlignedRung rung, CancellationToken leaving) =>
        rung.Playlist is { } playlist && await TimelineOfAsync(playlist, FrozenDictionary<string, string>.Empty, leaving) is { } timeline ? rung with { Timeline = timeline } : rung;

    /// <summary>Default where a playlist cannot be had.</summary>
    private async ValueTask<ImmutableArray<AlignedRung>> OfPlaylistAsync(HlsMultivariantPlaylist playlist, int maxKbps, CancellationToken leaving)
    {
        var variants = OneFamily([.. playlist.Ladder.Variants.Where(v => v is { TrickPlay: false, AudioOnly: false, Address: not null })], maxKbps);
        var timelines = await Task.WhenAll(variants.Select(v => TimelineOfAsync(v.Address!.Value, playlist.Variables, leaving).AsTask()));
        return Array.Exists(timelines, t => t is null) ? default : [.. variants.Select((v, i) => new AlignedRung(v, timelines[i]!, v.Address))];
    }

    private static ImmutableArray<AlignedRung> OfMpd(IReadOnlyList<MediaTimeline> timelines, int maxKbps)
    {
        // The first with an id is at the first base; others with it are the same content elsewhere.
        var video = timelines.Where(t => t is { Rung: { TrickPlay: false }, Kind: RenditionKind.Video }).DistinctBy(t => (t.Rung!.Id, t.Rung.Bandwidth)).ToArray();
        return [.. OneFamily([.. video.Select(t => t.Rung!)], maxKbps).Select(v => new AlignedRung(v, Array.Find(video, t => ReferenceEquals(t.Rung, v))!, null))];
    }

    /// <summary>The rungs of the family (decoder, audio beside it, pathway) with the most of them, rising; of two, the first. Of several with one bitrate the first.</summary>
    private static Variant[] OneFamily(Variant[] variants, int maxKbps)
    {
        var family = variants.GroupBy(v => (CodecFamily.Of(v.Codecs), v.AudioGroup, v.Pathway)).OrderByDescending(g => g.Count()).FirstOrDefault();
        if (family is null) return [];
        var rising = family.DistinctBy(v => v.Bandwidth).OrderBy(v => v.Bandwidth).ToArray();
        var offered = maxKbps == 0 ? rising : rising.Where(v => v.Bandwidth <= Math.Max(maxKbps * 1000L, rising[0].Bandwidth)).ToArray();
        return offered.Length <= MostRungs ? offered : offered[..MostRungs];
    }

    private async ValueTask<MediaTimeline?> TimelineOfAsync(MediaAddress playlist, FrozenDictionary<string, string> variables, CancellationToken leaving)
    {
        var (manifest, url) = await source.ReadAsync(playlist, leaving);
        return manifest is HlsMediaPlaylist && url is not null && reader.TimelinesFor(manifest, variables, url.AbsoluteUri, playlist.Cluster) is [var timeline] ? timeline : null;
    }

    private static AutoRefusal Judge(MediaTimeline timeline)
    {
        if (timeline.AwaitsIndex || timeline.Count == 0) return AutoRefusal.Ranges;
        if (timeline.PartTarget is not null) return AutoRefusal.Parts;
        var first = timeline[0];
        for (var i = 0; i < timeline.Count; i++)
        {
            var entry = timeline[i];
            if (entry.Kind != EntryKind.Segment) break;
            if (entry.Range is not null || entry.Init is { Range: not null }) return AutoRefusal.Ranges;
            if (entry.Key is not null) return AutoRefusal.Encrypted;
            if (entry.Init != first.Init) return AutoRefusal.Periods;
        }

        return AutoRefusal.None;
    }

    private async ValueTask<AutoRefusal> JudgeInitsAsync(ImmutableArray<AlignedRung> rungs, CancellationToken leaving)
    {
        InitSection? first = null;
        foreach (var address in rungs.Select(r => r.Timeline[0].Init?.Address).Distinct())
        {
            if (address is not { } init)
            {
                if (rungs.Any(r => r.Timeline[0].Init is not null || !SelfContained.Contains(Path.GetExtension(r.Timeline[0].Address.Path)))) return AutoRefusal.OutOfBand;
                continue;
            }

            if (await ReadInitAsync(init, leaving) is not { } section) return AutoRefusal.NotFetched;
            if (section.IsEncrypted) return AutoRefusal.Encrypted;
            if (!section.HoldsParametersInBand) return AutoRefusal.OutOfBand;
            first ??= section;
            if (!first.Fits(section)) return AutoRefusal.InitDiffers;
        }

        return AutoRefusal.None;
    }

    private async ValueTask<InitSection?> ReadInitAsync(MediaAddress address, CancellationToken leaving)
    {
        using var reply = await cache.OpenAsync(new CacheRequest { Address = address, Rules = StorageRules.Media }, leaving);
        if (UpstreamProblem.Of(reply) is not null) return null;
        try
        {
            var bytes = new ArrayBufferWriter<byte>(2048);
            for (var position = 0L; ;)
            {
                var read = await reply.ReadAsync(position, leaving);
                if (read.IsEmpty) return InitSection.Read(bytes.WrittenSpan);
                position += read.Length;
                if (position > MostInitBytes) return null;
                bytes.Write(read.Span);
            }
        }
        catch (BrokenBodyException)
        {
            return null;
        }
    }
}
