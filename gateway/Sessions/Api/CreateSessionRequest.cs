using System.Collections.Frozen;
using System.Text.Json;
using Gateway.Access;
using Gateway.Media;
using Gateway.Rollout;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>The body of a session create: what is to be played, and how.</summary>
internal sealed record CreateSessionRequest
{
    private const int LongestMediaId = 256;
    private const int LongestName = 128;

    private static readonly FrozenDictionary<string, PlaybackEngine> Engines = new Dictionary<string, PlaybackEngine>(StringComparer.OrdinalIgnoreCase)
    {
        ["direct"] = PlaybackEngine.Direct,
        ["segmented"] = PlaybackEngine.Segmented,
        // Names of players that imply one of the two engines.
        ["howler"] = PlaybackEngine.Direct,
        ["videojs"] = PlaybackEngine.Segmented,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, PlaybackQuality> Qualities = new Dictionary<string, PlaybackQuality>(StringComparer.OrdinalIgnoreCase)
    {
        ["original"] = PlaybackQuality.Original,
        ["high"] = PlaybackQuality.High,
        ["medium"] = PlaybackQuality.Medium,
        ["low"] = PlaybackQuality.Low,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, bool> Renditions = new Dictionary<string, bool>(StringComparer.Ordinal)
    {
        ["auto"] = true,
        ["ladder"] = false,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public required string MediaId { get; init; }

    /// <summary>Cluster that has the title; null: the library's, <c>origin</c>.</summary>
    public string? Source { get; init; }

    public PlaybackEngine? Engine { get; init; }

    public PlaybackQuality Quality { get; init; }

    public string? GroupId { get; init; }

    public double StartPositionSec { get; init; }

    public bool Prewarm { get; init; }

    public string? DeviceId { get; init; }

    /// <summary>What the page plays with: <c>hls.js</c>, <c>dash.js</c>, <c>shaka</c>, <c>native</c> …; null where it does not say.</summary>
    public string? Player { get; init; }

    /// <summary>Whether the one rendition is wanted of which the gateway chooses each segment's rung.</summary>
    public bool IsAuto { get; init; }

    /// <summary>What the session is opened with, for a caller with these rights.</summary>
    public SessionParameters ParametersFor(AccessGrant grant) => new()
    {
        MediaId = MediaId,
        Quality = Quality,
        GroupId = GroupId,
        DeviceId = DeviceId,
        StartPositionSec = StartPositionSec,
        Prewarmed = Prewarm,
        IsAuto = IsAuto,
        IsAutoAsked = IsAuto,
        MaxStreams = grant.MaxStreams,
        MaxKbps = grant.MaxKbps,
        Media = grant.Media,
    };

    /// <summary>Reads a create; null with everything that is wrong in <paramref name="errors"/>.</summary>
    public static CreateSessionRequest? Read(JsonElement body, out IReadOnlyList<(string Field, string Error)> errors)
    {
        var fields = new FieldReader(body);
        var request = new CreateSessionRequest
        {
            MediaId = MediaIdOf(fields, required: true) ?? "",
            Source = fields.Text("source", LongestName),
            Engine = fields.Choice("engine", Engines),
            Quality = fields.Choice("quality", Qualities) ?? PlaybackQuality.Original,
            GroupId = fields.Text("groupId", LongestName),
            StartPositionSec = fields.Seconds("startPositionSec") ?? 0,
            Prewarm = fields.Flag("prewarm") ?? false,
            DeviceId = fields.Text("deviceId", LongestName),
            Player = fields.Text("player", LongestName),
            IsAuto = fields.Choice("rendition", Renditions) ?? false,
        };
        errors = fields.Errors;
        return errors.Count == 0 ? request : null;
    }

    /// <summary>A title's name: an identifier, not a path, though it may have slashes between its parts.</summary>
    public static string? MediaIdOf(FieldReader fields, bool required)
    {
        if (fields.Text("mediaId", LongestMediaId, required) is not { } mediaId) return null;
        if (mediaId[0] != '/' && mediaId[^1] != '/' && !mediaId.Contains("//", StringComparison.Ordinal) && MediaPath.Judge(MediaOptions.PathOf("{mediaId}/x", mediaId)) == MediaPathVerdict.Accepted) return mediaId;
        fields.Refuse("mediaId", "is no name of a title: no dot segments, empty segments, backslashes or schemes");
        return null;
    }

    public static string Label(PlaybackQuality quality) => quality switch
    {
        PlaybackQuality.High => "high",
        PlaybackQuality.Medium => "medium",
        PlaybackQuality.Low => "low",
        _ => "original",
    };
}
