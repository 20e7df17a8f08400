using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Load.Players;

namespace Gateway.Load.Waves;

/// <summary>One step of a roll-out, as a file of <c>deploy/waves</c> says it.</summary>
internal sealed record WavePlan
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public required string Name { get; init; }

    /// <summary>What is compared: direct with segmented playback, or one version of the gateway with the next.</summary>
    public WaveKind Kind { get; init; }

    /// <summary>Of engines: the stage that it raises the roll-out to.</summary>
    public int? Stage { get; init; }

    /// <summary>Of engines: whether the stage is taken though its evidence is not complete, as on a test system.</summary>
    public bool Override { get; init; }

    /// <summary>Of versions: percent of new viewers that come to the candidate.</summary>
    public int Weight { get; init; }

    /// <summary>Of versions: HAProxy's backend and the servers in it.</summary>
    public string Backend { get; init; } = "gateways";

    public string Stable { get; init; } = "stable";

    public string Candidate { get; init; } = "candidate";

    public string MediaId { get; init; } = "demo";

    /// <summary>Viewers in all.</summary>
    public int Sessions { get; init; } = 400;

    public double PerSecond { get; init; } = 20;

    /// <summary>How long each one watches, s.</summary>
    public double WatchSec { get; init; } = 6;

    /// <summary>How long each one waits for the first picture, s.</summary>
    public double PatienceSec { get; init; } = 20;

    /// <summary>Whose rules segmented viewers adapt by: <c>hlsJs</c>, <c>dashJs</c>, <c>shaka</c>, <c>throughput</c>, <c>bola</c>, or <c>fixed</c> for the lowest rendition.</summary>
    public RuleSet Rules { get; init; } = RuleSet.HlsJs;

    /// <summary>Whether the next step may follow when the judge holds for want of sessions; else only its promotion lets it.</summary>
    public bool GoOnWhenHeld { get; init; }

    /// <exception cref="IOException">It cannot be read, or is no plan; the message says which and why.</exception>
    public static WavePlan Read(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            var plan = JsonSerializer.Deserialize<WavePlan>(stream, s_json) ?? throw new JsonException("It is empty.");
            return plan.Error() is { } error ? throw new IOException($"{file.Name}: {error}") : plan;
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"{file.Name} is no plan of a wave: {e.Message}", e);
        }
    }

    private string? Error()
    {
        if (Kind == WaveKind.Engine && Stage is not (>= 1 and <= 4)) return "stage is 1 to 4.";
        if (Kind == WaveKind.Version && Weight is not (>= 1 and <= 99)) return "weight is 1 to 99 percent.";
        if (Sessions is < 1 or > 1_000_000) return "sessions is 1 to 1000000.";
        if (!(PerSecond is > 0 and <= 10_000)) return "perSecond is above 0 and at most 10000.";
        if (!(WatchSec is >= 0 and <= 3600)) return "watchSec is 0 to 3600.";
        if (!(PatienceSec is > 0 and <= 3600)) return "patienceSec is above 0 and at most 3600.";
        // They are written into HAProxy's commands.
        return new[] { Backend, Stable, Candidate }.All(static name => name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            ? null
            : "backend, stable and candidate are names of letters, digits, dots and dashes.";
    }
}
