using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>player.startup_timeline</c>: how one start-up went, as the player saw it. Once per start-up.</summary>
internal readonly record struct StartupTimelineEvent(EventStatus Status, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("player.startup_timeline");

    public JsonEncodedText Name => EventName;

    public TimeSpan? Latency => null;

    public double? TotalToAudibleMs { get; init; }

    /// <summary><c>audible</c>, <c>playback_error</c>, <c>unexpected_stop</c>, <c>startup_timeout</c>.</summary>
    public string? Outcome { get; init; }

    public string? Engine { get; init; }

    public int? StartupRetryCount { get; init; }

    public int? RetryBudgetRemaining { get; init; }

    public double? CreateLatencyMs { get; init; }

    public double? CreateToManifestMs { get; init; }

    public double? ManifestToFirstChunkMs { get; init; }

    public double? FirstChunkToAudibleMs { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("totalToAudibleMs"u8, TotalToAudibleMs)
        .Field("outcome"u8, Outcome)
        .Field("engine"u8, Engine)
        .Field("startupRetryCount"u8, StartupRetryCount)
        .Field("retryBudgetRemaining"u8, RetryBudgetRemaining)
        .Field("createLatencyMs"u8, CreateLatencyMs)
        .Field("createToManifestMs"u8, CreateToManifestMs)
        .Field("manifestToFirstChunkMs"u8, ManifestToFirstChunkMs)
        .Field("firstChunkToAudibleMs"u8, FirstChunkToAudibleMs);
}
