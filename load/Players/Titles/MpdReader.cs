using System.Collections.Immutable;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Origin;
using Gateway.Timelines;

namespace Gateway.Load.Players.Titles;

/// <summary>Reads an MPD with the gateway's reader, and tells what a player chooses from: one set of video, one set of audio.</summary>
internal static class MpdReader
{
    public static ParsedManifest? Read(byte[] text, UpstreamTable places, Uri url, DateTimeOffset now, long version)
    {
        if (DashReader.Read(text, places, ManifestLibrary.SessionCluster, url, now) is not { } mpd) return null;
        var all = mpd.Representations.Where(r => r is { Alternative: 0, IsTrickPlay: false }).ToList();
        if (all.Count == 0) return null;
        var period = all[0].Period;
        var first = all.Where(r => r.Period == period).ToList();
        var video = SetOf(first, "video");
        var audio = SetOf(first, "audio");
        if (video.Count == 0) (video, audio) = (audio, []);
        if (video.Count == 0) return null;
        var presentation = new Gateway.Load.Players.Titles.Presentation
        {
            IsDash = true,
            IsDynamic = mpd.IsDynamic,
            UpdatePeriod = mpd.IsDynamic ? mpd.MinimumUpdatePeriod?.TotalSeconds : null,
            Delay = mpd.SuggestedPresentationDelay?.TotalSeconds,
            AvailabilityStart = mpd.AvailabilityStart,
            Video = Rungs(video, mpd, version),
            Audio = Rungs(audio, mpd, version),
        };
        return new ParsedManifest(presentation, null);
    }

    /// <summary>The first set of a type; further ones are other languages or codecs.</summary>
    private static List<DashRepresentation> SetOf(List<DashRepresentation> all, string type)
    {
        var set = all.Find(r => r.ContentType == type)?.Set;
        return set is null ? [] : all.FindAll(r => r.Set == set && r.ContentType == type);
    }

    private static ImmutableArray<Rung> Rungs(List<DashRepresentation> set, DashPresentation mpd, long version) =>
    [
        .. set
            .Select((r, i) => (Representation: r, Listed: i))
            .OrderBy(r => r.Representation.Bandwidth)
            .Select((r, i) => RungOf(r.Representation, mpd, version) with { Index = i, Listed = r.Listed }),
    ];

    private static Rung RungOf(DashRepresentation of, DashPresentation mpd, long version)
    {
        MediaTimeline timeline = mpd.Timelines.FirstOrDefault(t => ReferenceEquals(t.Tracks[0], of.Track)) ?? new DashTimeline([of.Track], !mpd.IsDynamic, null, mpd.SuggestedPresentationDelay);
        var index = of.Track is IndexedTrack { Awaited: { } awaited }
            ? new MediaSegment { Kind = EntryKind.Segment, Path = ManifestLibrary.PathOf(awaited.Address), Range = awaited.Range }
            : null;
        return new Rung(of.Bandwidth, of.Bandwidth, of.Height, null, new MediaTrack(timeline, timeline.Count, version), "") { SegmentIndex = index };
    }
}
