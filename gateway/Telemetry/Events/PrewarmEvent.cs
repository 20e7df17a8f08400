using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>The <c>session.prewarm_*</c> family.</summary>
internal readonly record struct PrewarmEvent(PrewarmStep Step, TimeSpan? Latency, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText[] Names =
    [
        JsonEncodedText.Encode("session.prewarm_success"),
        JsonEncodedText.Encode("session.prewarm_validated"),
        JsonEncodedText.Encode("session.prewarm_validation_failed"),
        JsonEncodedText.Encode("session.prewarm_discarded"),
    ];

    public JsonEncodedText Name => Names[(int)Step];

    public EventStatus Status => Step switch
    {
        PrewarmStep.ValidationFailed => EventStatus.Error,
        PrewarmStep.Discarded => EventStatus.Reject,
        _ => EventStatus.Success,
    };

    public int? Attempts { get; init; }

    public string? Reason { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("attempts"u8, Attempts)
        .Field("reason"u8, Reason);
}
