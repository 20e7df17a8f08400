using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using TranscoderStub.Titles;

namespace TranscoderStub.JustInTime;

/// <summary>A title whose segments are made when they are asked for: its manifests at once, and one encoder-keeper for each rendition.</summary>
internal sealed class JustInTimeTitle : IAsyncDisposable
{
    // A made segment stays what it is for as long as it is kept; made again, it has other bytes and another tag. A day is longer than a viewing.
    private const string SegmentLifetime = "public, max-age=86400";
    private const string ManifestLifetime = "public, max-age=60";

    private readonly InitMaker _inits;
    private readonly FrozenDictionary<string, RenditionEncoder> _encoders;
    private readonly DateTimeOffset _opened;

    /// <param name="id">Its name in addresses.</param>
    /// <param name="plan">What it consists of.</param>
    /// <param name="folder">Name of its folder in the store.</param>
    /// <param name="inits">Makes initialisation sections.</param>
    /// <param name="services">What encoders share.</param>
    public JustInTimeTitle(string id, TitlePlan plan, string folder, InitMaker inits, EncoderServices services)
    {
        Id = id;
        Plan = plan;
        _inits = inits;
        _opened = services.Time.GetUtcNow();
        _encoders = plan.Renditions.ToFrozenDictionary(r => r.Name, r => new RenditionEncoder(plan, r, $"{folder}/{r.Name}", services), StringComparer.Ordinal);
    }

    public string Id { get; }

    public TitlePlan Plan { get; }

    /// <summary>Whether somebody waits for a segment that is being made.</summary>
    public bool IsAwaited => _encoders.Values.Any(e => e.IsAwaited);

    /// <summary>A file of the title by its path, such as <c>v720/seg_00001.m4s</c>.</summary>
    /// <exception cref="TranscodeException">There is none, or it cannot be made.</exception>
    public async Task<MediaFile> FileAsync(string path, CancellationToken gone)
    {
        switch (path.Split('/'))
        {
            case ["master.m3u8"] when HlsWriter.CanWrite(Plan):
                return Manifest(HlsWriter.Master(Plan), MediaTypes.HlsPlaylist);
            case ["manifest.mpd"] when MpdWriter.CanWrite(Plan):
                return Manifest(MpdWriter.Write(Plan), MediaTypes.DashManifest);
            case ["track.json"]:
                return Manifest(TrackDescription.Write(Plan), "application/json");
            case [var name, "index.m3u8"] when HlsWriter.CanWrite(Plan) && Plan.Find(name) is { } rendition:
                return Manifest(HlsWriter.Media(rendition), MediaTypes.HlsPlaylist);
            case [var folder, var file] when file.StartsWith("init.", StringComparison.Ordinal) && Plan.Renditions.FirstOrDefault(r => r.InitFolder == folder && r.InitName == file) is { } first:
                return Made(await _inits.GetAsync(Plan, first, gone), first.MediaType);
            case [var name, var file] when _encoders.TryGetValue(name, out var encoder) && TrySegment(encoder.Rendition, file, out var segment):
                return Made(await encoder.GetAsync(segment, gone), encoder.Rendition.MediaType);
            default:
                throw TranscodeException.UnknownFile();
        }
    }

    /// <summary>Begins to make what a player that starts at a moment will ask for first.</summary>
    public void Prepare(Rendition? picture, double seconds)
    {
        if (picture is not null) Prepare(picture);
        if (Plan.Sounds.FirstOrDefault() is { } sound && (picture is null || Plan.Pictures.Any())) Prepare(sound);

        void Prepare(Rendition rendition) => _encoders[rendition.Name].Prepare(rendition.Timeline.SegmentAt(seconds));
    }

    /// <summary>The rendition and number that a path names; false for what is no segment.</summary>
    public bool TryLocate(string path, out Rendition rendition, out int segment)
    {
        rendition = null!;
        segment = 0;
        if (path.Split('/') is not [var name, var file] || Plan.Find(name) is not { } found) return false;
        rendition = found;
        return TrySegment(found, file, out segment);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var encoder in _encoders.Values) await encoder.DisposeAsync();
    }

    // Only the exact form counts, so that one segment has one address.
    private static bool TrySegment(Rendition rendition, string file, out int segment)
    {
        segment = -1;
        if (!file.StartsWith("seg_", StringComparison.Ordinal) || !file.EndsWith(rendition.Extension, StringComparison.Ordinal) || file.Length <= 4 + rendition.Extension.Length) return false;
        if (!int.TryParse(file.AsSpan(4, file.Length - 4 - rendition.Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        segment = number - 1;
        return segment >= 0 && segment < rendition.Timeline.Segments && string.Create(CultureInfo.InvariantCulture, $"seg_{number:D5}{rendition.Extension}") == file;
    }

    private static MediaFile Made(MadeSegment made, string type) => new(made.Body, type, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(made.Hash.AsSpan(0, 12))}\""), null, SegmentLifetime);

    private MediaFile Manifest(string text, string type)
    {
        var made = MadeSegment.Of(System.Text.Encoding.UTF8.GetBytes(text));
        return Made(made, type) with { LastModified = _opened, CacheControl = ManifestLifetime };
    }
}
