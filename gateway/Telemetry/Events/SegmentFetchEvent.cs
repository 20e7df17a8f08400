using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>
/// <c>segment.fetch</c>: one per request, after the last byte or the failure. A client that leaves in mid-body is
/// <see cref="EventStatus.Error"/> with reason <c>client_aborted</c>.
/// </summary>
internal readonly record struct SegmentFetchEvent(EventStatus Status, TimeSpan? Latency, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("segment.fetch");

    public JsonEncodedText Name => EventName;

    /// <summary>Upstream's path; written as the asset path without a query, and its last part as the segment's name.</summary>
    public string? Path { get; init; }

    /// <summary>Short name of the rendition: <c>720p</c>, <c>audio</c>; null where no manifest tells.</summary>
    public string? Rendition { get; init; }

    /// <summary>Declared bitrate of the rendition, by the ladder that the gateway read; where that does not tell, as the player says.</summary>
    public int? RenditionKbps { get; init; }

    /// <summary><c>buffer</c>, <c>cache</c>, <c>origin</c>: the value of <c>X-Served-From</c>.</summary>
    public string? Source { get; init; }

    /// <summary><c>hls</c>, <c>dash</c>, <c>file</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>Body bytes that went to the client.</summary>
    public long? Bytes { get; init; }

    /// <summary>Status code that the client got.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Stable reason why it was refused or failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Number of attempts upstream before giving up; null where upstream was not asked, or answered.</summary>
    public int? Attempts { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Asset(Path)
        .LastPathSegment("segment"u8, Path)
        .Field("rendition"u8, Rendition)
        .Field("renditionKbps"u8, RenditionKbps)
        .Field("source"u8, Source)
        .Field("protocol"u8, Protocol)
        .Field("bytes"u8, Bytes)
        .Field("httpStatus"u8, HttpStatus)
        .Field("reason"u8, Reason)
        .Field("attempts"u8, Attempts);
}
