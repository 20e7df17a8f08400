using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>rollout.reverted</c>: a trigger, or an operator, moved sessions back to the primary engine.</summary>
internal readonly record struct RolloutRevertedEvent(Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("rollout.reverted");

    public JsonEncodedText Name => EventName;

    public EventStatus Status => EventStatus.Success;

    public TimeSpan? Latency => null;

    public string? Trigger { get; init; }

    public int? Stage { get; init; }

    /// <summary>The value that the trigger observed and its limit, in the trigger's own unit.</summary>
    public double? Observed { get; init; }

    public double? Limit { get; init; }

    public string? Scope { get; init; }

    /// <summary>The numbers in words.</summary>
    public string? Evidence { get; init; }

    /// <summary>Key id of an operator, or who else decided.</summary>
    public string? By { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("trigger"u8, Trigger)
        .Field("stage"u8, Stage)
        .Field("observed"u8, Observed)
        .Field("limit"u8, Limit)
        .Field("scope"u8, Scope)
        .Field("evidence"u8, Evidence)
        .Field("by"u8, By);
}
