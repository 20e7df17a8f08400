using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>session.create</c>: one per attempt to open a session, refused ones too.</summary>
internal readonly record struct SessionCreateEvent(EventStatus Status, TimeSpan? Latency, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("session.create");

    public JsonEncodedText Name => EventName;

    /// <summary>Upstream's path of the manifest or file that the session was opened with; written without a query.</summary>
    public string? Path { get; init; }

    /// <summary>Where the media comes from: the cluster's source class.</summary>
    public string? SourceType { get; init; }

    /// <summary><c>original</c>, <c>high</c>, <c>medium</c>, <c>low</c>.</summary>
    public string? Quality { get; init; }

    /// <summary><c>direct</c> or <c>segmented</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>Stable reason why it was refused or failed.</summary>
    public string? Reason { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Asset(Path)
        .Field("sourceType"u8, SourceType)
        .Field("quality"u8, Quality)
        .Field("engine"u8, Engine)
        .Field("reason"u8, Reason);
}
