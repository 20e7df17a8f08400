using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>manifest.fetch</c>: one per request, after the last byte or the failure.</summary>
internal readonly record struct ManifestFetchEvent(EventStatus Status, TimeSpan? Latency, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("manifest.fetch");

    public JsonEncodedText Name => EventName;

    /// <summary>Upstream's path; written without a query.</summary>
    public string? Path { get; init; }

    /// <summary><c>hls</c> or <c>dash</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>Status code that the client got.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Stable reason why it was refused or failed.</summary>
    public string? Reason { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Asset(Path)
        .Field("protocol"u8, Protocol)
        .Field("httpStatus"u8, HttpStatus)
        .Field("reason"u8, Reason);
}
