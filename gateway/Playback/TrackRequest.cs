using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Media;
using Gateway.Transcoding;

namespace Gateway.Playback;

/// <summary>A request for a chunk of a track by its number, or for what there is of the track.</summary>
/// <param name="MediaId">The track's name: one name, without a slash.</param>
/// <param name="Settings">Format, and how the sound is changed: <c>webm</c> or <c>webm-{preset}-{intensity}</c>; the same for all spellings of the same.</param>
/// <param name="Chunk">Number of the chunk, from 0; null for the track itself.</param>
internal sealed partial record TrackRequest(string MediaId, string Settings, int? Chunk)
{
    public const string ChunkTemplate = "/api/player/stream_chunk/{trackId}/{chunkIndex}";
    public const string TrackTemplate = "/api/library/tracks/{trackId}";

    private const string Format = "webm";

    /// <summary>Steps of the intensity, those of the transcoder.</summary>
    private const int Steps = 20;

    /// <summary>Reads a chunk's path below its route, and its query; null with what is wrong.</summary>
    public static TrackRequest? ReadChunk(string rest, IQueryCollection query, [NotNullWhen(false)] out string? error)
    {
        error = "Write /api/player/stream_chunk/{trackId}/{chunkIndex}; the index is a whole number from 0.";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !IsName(rest[..slash]) || !int.TryParse(rest.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var chunk)) return null;
        error = "enhanced is true or false, preset a name, intensity a number from 0 to 1.";
        if (SettingsOf(query) is not { } settings) return null;
        error = null;
        return new TrackRequest(rest[..slash], settings, chunk);
    }

    /// <summary>Reads a track's path below its route; null when it names none.</summary>
    public static TrackRequest? ReadTrack(string rest) => IsName(rest) ? new TrackRequest(rest, Format, null) : null;

    /// <summary>A file of the track at the transcoder.</summary>
    public MediaAddress AddressOf(TranscoderOptions options, string file) => new(options.Cluster, options.TrackFolderOf(MediaId, Settings) + file, string.Empty);

    /// <summary>The entry of the track's session, whatever its sound: a viewer who changes the sound goes on with the same one.</summary>
    public MediaAddress EntryOf(TranscoderOptions options) => (this with { Settings = Format }).AddressOf(options, TranscoderOptions.TrackManifest);

    private static bool IsName(string text) => text.Length is > 0 and <= TitleTemplate.LongestMediaId && !text.Contains('/', StringComparison.Ordinal) && text is not ("." or "..") && !text.Any(char.IsControl);

    private static string? SettingsOf(IQueryCollection query)
    {
        var isEnhanced = false;
        var intensity = 1m;
        var preset = query["preset"].FirstOrDefault() ?? "adaptive";
        if (query["enhanced"].FirstOrDefault() is { } enhanced && !bool.TryParse(enhanced, out isEnhanced)) return null;
        if (query["intensity"].FirstOrDefault() is { } text && !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out intensity)) return null;
        if (intensity is < 0 or > 1 || !Preset().IsMatch(preset)) return null;
        // 1, 1.0 and 1.00 are one sound, and have one cached copy; so have those that nobody tells apart.
        var share = Math.Round(intensity * Steps, MidpointRounding.AwayFromZero) / Steps;
        return isEnhanced && share > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Format}-{preset}-{share:0.##}") : Format;
    }

    [GeneratedRegex(@"^[a-z0-9_]{1,32}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Preset();
}
