using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>quality.switch</c>: a session switched from one rendition to another.</summary>
internal readonly record struct QualitySwitchEvent(Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("quality.switch");

    public JsonEncodedText Name => EventName;

    /// <summary>Upstream's path of the manifest or file that the session was opened with; written without a query.</summary>
    public string? Path { get; init; }

    public EventStatus Status => EventStatus.Success;

    public TimeSpan? Latency => null;

    public string? FromProfile { get; init; }

    public string? ToProfile { get; init; }

    /// <summary><c>up</c> or <c>down</c>.</summary>
    public string? Direction { get; init; }

    /// <summary><c>bandwidth_drop</c>, <c>bandwidth_rise</c>, <c>segment_errors</c>, <c>slow_upstream</c>, <c>cap</c>, <c>client</c>.</summary>
    public string? Reason { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Asset(Path)
        .Field("from_profile"u8, FromProfile)
        .Field("to_profile"u8, ToProfile)
        .Field("direction"u8, Direction)
        .Field("reason"u8, Reason);
}
