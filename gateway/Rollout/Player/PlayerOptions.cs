using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Gateway.Rollout.Player;

/// <summary>Knobs of the section <c>Gateway:Player</c>: what pages are told with the engine (<c>GET /api/v1/playback/engine</c>), so that nothing of it is compiled into them.</summary>
internal sealed class PlayerOptions : IValidatableObject
{
    /// <summary>Of the file with the titles: thousands of them.</summary>
    public const int MaxTitlesBytes = 1 << 20;

    /// <summary>
    /// File with the titles that the player page offers, as JSON: <c>[{"id": "big", "name": "Big film", "assets": {"hls": "big/master.m3u8", "dash": "big/manifest.mpd", "file": "big/direct.mp4"}}]</c>.
    /// A title that the transcoder has as a track says so in <c>"track": "big.flac"</c> beside them. Read at each visit. Empty: the page offers none, and plays what its visitor types.
    /// </summary>
    public string TitlesFile { get; set; } = "";

    /// <summary>A start-up that is not audible by then is tried again. Also as <c>SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS</c>, which sets <c>Transcoder:StartPatience</c> as well.</summary>
    [Range(typeof(TimeSpan), "00:00:01.500", "00:00:22")]
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How the segmented player starts and retries. Also as <c>SEGMENTED_VHS_PROFILE</c>.</summary>
    public PlayerProfile Profile { get; set; } = PlayerProfile.Balanced;

    /// <summary>Whether the page of tracks in chunks (<c>/progressive/</c>) may play them chunk by chunk; off, it plays whole files. Also as <c>USE_MSE_STREAMING</c>.</summary>
    public bool Progressive { get; set; } = true;

    /// <summary>Length of segments of local titles, s. Also as <c>SEGMENTED_LOCAL_SEG_DURATION_SEC</c>.</summary>
    [Range(0.001, 60)]
    public double SegmentDurationSec { get; set; } = 2;

    /// <summary>Share of a segment that a fragment takes. Also as <c>SEGMENTED_DASH_FRAGMENT_DURATION_RATIO</c>.</summary>
    [Range(0.0001, 1)]
    public double FragmentDurationRatio { get; set; } = 0.1;

    /// <summary>Length of a fragment, s: what players start with and refill at. Derived, six decimals.</summary>
    public double EffectiveFragmentDurationSec => Math.Round(SegmentDurationSec * FragmentDurationRatio, 6);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TitlesFile.Length > 0 && FaultOfTitles() is { } fault) yield return new ValidationResult($"TitlesFile: '{TitlesFile}' {fault}");
    }

    private string? FaultOfTitles()
    {
        try
        {
            if (new FileInfo(TitlesFile).Length > MaxTitlesBytes) return $"is larger than {MaxTitlesBytes} bytes.";
            using var file = JsonDocument.Parse(File.ReadAllBytes(TitlesFile));
            return file.RootElement.ValueKind == JsonValueKind.Array && file.RootElement.EnumerateArray().All(IsTitle)
                ? null
                : "is no list of titles. Each has an id, a name and assets: [{\"id\": \"big\", \"name\": \"Big film\", \"assets\": {\"hls\": \"big/master.m3u8\"}}].";
        }
        catch (JsonException e)
        {
            return $"is no JSON: {e.Message}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"cannot be read: {e.Message} Give the path of a file.";
        }
    }

    private static bool IsTitle(JsonElement title) =>
        title.ValueKind == JsonValueKind.Object
        && IsText(title, "id")
        && IsText(title, "name")
        && (!title.TryGetProperty("track", out _) || IsText(title, "track"))
        && title.TryGetProperty("assets", out var assets)
        && assets.ValueKind == JsonValueKind.Object
        && assets.EnumerateObject().All(a => a.Name is "hls" or "dash" or "file" && a.Value.ValueKind == JsonValueKind.String);

    private static bool IsText(JsonElement title, string name) => title.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 };
}
