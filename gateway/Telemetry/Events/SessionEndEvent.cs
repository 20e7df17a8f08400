using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>session.end</c>: the totals of one session.</summary>
internal readonly record struct SessionEndEvent(Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("session.end");

    public JsonEncodedText Name => EventName;

    /// <summary>Upstream's path of the manifest or file that the session was opened with; written without a query.</summary>
    public string? Path { get; init; }

    public EventStatus Status { get; init; }

    public TimeSpan? Latency => null;

    public string? Engine { get; init; }

    /// <summary><c>client</c>, <c>idle</c>, <c>expired</c>, <c>handoff</c>, <c>drained</c>.</summary>
    public string? Reason { get; init; }

    public TimeSpan? Duration { get; init; }

    public double? PlaybackSec { get; init; }

    public int? BufferingEvents { get; init; }

    public double? TotalBufferTimeSec { get; init; }

    public int? QualitySwitches { get; init; }

    public double? AverageBitrateKbps { get; init; }

    public long? SegmentsFetched { get; init; }

    public long? SegmentsFromCache { get; init; }

    public int? ErrorCount { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Asset(Path)
        .Field("engine"u8, Engine)
        .Field("reason"u8, Reason)
        .Field("durationMs"u8, Duration?.TotalMilliseconds)
        .Field("playbackSec"u8, PlaybackSec)
        .Field("bufferingEvents"u8, BufferingEvents)
        .Field("totalBufferTimeSec"u8, TotalBufferTimeSec)
        .Field("qualitySwitches"u8, QualitySwitches)
        .Field("averageBitrateKbps"u8, AverageBitrateKbps)
        .Field("segmentsFetched"u8, SegmentsFetched)
        .Field("segmentsFromCache"u8, SegmentsFromCache)
        .Field("errorCount"u8, ErrorCount);
}
