using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>The <c>live.*</c> family: what happens to a live session and its chunks, each with <c>session_id</c> and <c>index</c>.</summary>
internal readonly record struct LiveEvent(LiveStep Step, string Session, int Index, TimeSpan? Latency = null) : IGatewayEvent
{
    private static readonly JsonEncodedText[] Names =
    [
        JsonEncodedText.Encode("live.session_created"),
        JsonEncodedText.Encode("live.chunk_received"),
        JsonEncodedText.Encode("live.chunk_refused"),
        JsonEncodedText.Encode("live.chunk_started"),
        JsonEncodedText.Encode("live.chunk_made"),
        JsonEncodedText.Encode("live.chunk_failed"),
        JsonEncodedText.Encode("live.chunk_listed"),
        JsonEncodedText.Encode("live.session_ended"),
        JsonEncodedText.Encode("live.session_closed"),
    ];

    public JsonEncodedText Name => Names[(int)Step];

    public EventStatus Status => Step switch
    {
        LiveStep.ChunkRefused => EventStatus.Reject,
        LiveStep.ChunkFailed => EventStatus.Error,
        _ => EventStatus.Success,
    };

    public Correlation Correlation => default;

    /// <summary>Bytes of a chunk that was received.</summary>
    public long? Bytes { get; init; }

    /// <summary>Duration of a chunk or an entry.</summary>
    public double? Seconds { get; init; }

    /// <summary><c>gap</c> for an entry without a segment; why a chunk was refused or failed; who ended a session.</summary>
    public string? Reason { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("session_id"u8, Session)
        .Field("index"u8, Index < 0 ? null : Index)
        .Field("bytes"u8, Bytes)
        .Field("durationSec"u8, Seconds)
        .Field("reason"u8, Reason);
}
