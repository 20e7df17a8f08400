using System.Collections.Frozen;
using Gateway.Caching.Policy;
using Gateway.Playback.Requests;

namespace Gateway.Segments;

/// <summary>Chooses how the objects that <see cref="SegmentHandler"/> serves are cached.</summary>
internal static class SegmentRules
{
    /// <summary>Requests of one session that may wait at once: video, sound and subtitles, with initialisation sections, at two places.</summary>
    private const int MostWaiting = 8;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> MediaExtensions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ".ts", ".m2ts", ".mts", ".m4s", ".mp4", ".m4v", ".m4a", ".m4f", ".cmfv", ".cmfa", ".cmft", ".aac", ".ac3", ".ec3", ".mp3", ".opus", ".ogg",
        ".webm", ".mkv", ".mov", ".flac", ".wav", ".vtt", ".webvtt", ".ttml", ".dfxp", ".jpg", ".png").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Extensions of containers that hold whole films as well as segments.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> FileExtensions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ".mp4", ".m4v", ".m4a", ".m4b", ".mkv", ".mka", ".mov", ".webm", ".mp3", ".flac", ".wav", ".ogg", ".opus", ".avi", ".m2ts").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// An object that no manifest of this session lists as a whole may be a film of any size: it is fetched in slices from the first request on. A small one fits into its first
    /// slice, and costs nothing more.
    /// </summary>
    public static bool IsFile(PlaybackRequest request) => IsFilePath(request.Address.Path) && !request.Tracker.ListsWhole(request.Address);

    /// <summary>Whether a path is that of a container which holds whole films.</summary>
    public static bool IsFilePath(string path) => FileExtensions.Contains(Path.GetExtension(path.AsSpan()));

    /// <summary>
    /// Whether the viewer plays a raw file (true) or what a manifest lists (false); null for what is neither, as a picture. Segments of a manifest may be ranges of one file, and its initialisation sections are
    /// named as films are.
    /// </summary>
    public static bool? PlaysFile(PlaybackRequest request, bool isFile) =>
        request.Location.IsListed ? false
        : !isFile ? null
        : request.Tracker.IsEmpty || !(request.Tracker.Lists(request.Address) || request.Tracker.ListsInit(request.Address)) ? true : null;

    /// <summary>
    /// Whether a request waits where the origin is away: what belongs to a film. At a live edge players ask again by themselves, and what comes late is of no use. Nor does a session get more places to wait than a
    /// player has requests under way.
    /// </summary>
    public static bool AwaitsOrigin(PlaybackRequest request, StorageRules rules) =>
        rules == StorageRules.Media && request.Counts.UnderWay <= MostWaiting && (!request.Location.IsListed || request.Location.Timeline!.HasEnd);

    /// <summary>
    /// Media are known by their extension, or by a manifest that lists them. Anything else (a clock for UTCTiming, a licence, a beacon) is cached
    /// only when upstream states a lifetime.
    /// </summary>
    public static StorageRules For(PlaybackRequest request) =>
        MediaExtensions.Contains(Path.GetExtension(request.Address.Path.AsSpan())) || request.Tracker.Lists(request.Address) ? StorageRules.Media : StorageRules.Http;
}
