using System.Collections.Frozen;
using System.Text;
using TranscoderStub.Titles;

namespace TranscoderStub.Live;

/// <summary>A stored title as an endless broadcast under the name <c>{title}-live</c>.</summary>
internal sealed class LiveTitle
{
    public const string Suffix = "-live";

    private LiveTitle(Title title, MediaFile master, LiveManifest? manifest, LoopClock clock, FrozenDictionary<string, LoopedTrack> tracks)
    {
        Title = title;
        Master = master;
        Manifest = manifest;
        Clock = clock;
        Tracks = tracks;
    }

    public Title Title { get; }

    /// <summary>The stored one: its renditions lie in the same folders.</summary>
    public MediaFile Master { get; }

    public LiveManifest? Manifest { get; }

    public LoopClock Clock { get; }

    public FrozenDictionary<string, LoopedTrack> Tracks { get; }

    /// <exception cref="StartRefusedException">The title's renditions are not cut alike, so that no common loop exists.</exception>
    public static LiveTitle? Of(Title stored, TitleCatalog catalog, LiveOptions options)
    {
        if (stored.Hls is null || catalog.Find($"{stored.MediaId}/master.m3u8") is not { } master) return null;
        var playlists = catalog.PlaylistsOf(stored.MediaId).ToDictionary(
            p => p.Folder,
            p => VodPlaylist.Parse(Encoding.UTF8.GetString(p.File.Body.ReadAll())),
            StringComparer.Ordinal);
        var shapes = playlists.Values.Select(p => (p.Entries.Count, Math.Round(p.Entries.Sum(e => e.Seconds), 3))).Distinct().ToList();
        if (shapes.Count != 1 || shapes[0].Count == 0)
            throw new StartRefusedException($"Title '{stored.MediaId}' cannot be looped: its renditions differ in number or total duration of segments.");

        var (count, seconds) = shapes[0];
        var clock = new LoopClock(options.Epoch, TimeSpan.FromSeconds((double)(seconds / count)), count, options.WindowSegments);
        try
        {
            var tracks = playlists.ToFrozenDictionary(
                p => p.Key,
                p => new LoopedTrack(p.Value, name => catalog.Find($"{stored.MediaId}/{p.Key}/{name}"), clock),
                StringComparer.Ordinal);
            var manifest = catalog.Find($"{stored.MediaId}/manifest.mpd") is { } mpd ? new LiveManifest(Encoding.UTF8.GetString(mpd.Body.ReadAll()), clock) : null;
            var id = stored.MediaId + Suffix;
            var title = new Title(id, $"{stored.Name}, live", $"/{id}/master.m3u8", manifest is null ? null : $"/{id}/manifest.mpd", Direct: null, Live: true);
            return new LiveTitle(title, master, manifest, clock, tracks);
        }
        catch (InvalidDataException e)
        {
            throw new StartRefusedException($"Title '{stored.MediaId}' cannot be looped: {e.Message}");
        }
    }
}
