using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>session.startup_retry_exhausted</c>: the budget of one start-up stage is spent.</summary>
internal readonly record struct StartupRetryExhaustedEvent(Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("session.startup_retry_exhausted");

    public JsonEncodedText Name => EventName;

    public EventStatus Status => EventStatus.Error;

    public TimeSpan? Latency => null;

    /// <summary><c>session_create</c>, <c>manifest</c>, <c>segment</c>.</summary>
    public string? Stage { get; init; }

    public int? Attempts { get; init; }

    public double? WindowElapsedMs { get; init; }

    public int? SessionResetsUsed { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("stage"u8, Stage)
        .Field("attempts"u8, Attempts)
        .Field("windowElapsedMs"u8, WindowElapsedMs)
        .Field("sessionResetsUsed"u8, SessionResetsUsed);
}
