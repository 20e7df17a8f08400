using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>The <c>session.handoff_*</c> family.</summary>
internal readonly record struct HandoffEvent(HandoffStep Step, EventStatus Status, TimeSpan? Latency, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText[] Names =
    [
        JsonEncodedText.Encode("session.handoff_attempt"),
        JsonEncodedText.Encode("session.handoff_recovered"),
        JsonEncodedText.Encode("session.handoff_failure"),
        JsonEncodedText.Encode("session.handoff_load_error"),
        JsonEncodedText.Encode("session.handoff_circuit_open"),
        JsonEncodedText.Encode("session.handoff_circuit_recovered"),
        JsonEncodedText.Encode("session.handoff_skipped"),
    ];

    public JsonEncodedText Name => Names[(int)Step];

    public string? PreviousSessionId { get; init; }

    /// <summary>Position at which the new session goes on, in seconds.</summary>
    public double? ResumeAtSec { get; init; }

    public string? Engine { get; init; }

    /// <summary>Which try of this handoff it was, from 1.</summary>
    public int? Attempt { get; init; }

    public string? Reason { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("previousSessionId"u8, PreviousSessionId)
        .Field("resumeAtSec"u8, ResumeAtSec)
        .Field("engine"u8, Engine)
        .Field("attempt"u8, Attempt)
        .Field("reason"u8, Reason);
}
