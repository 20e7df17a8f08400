using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>The <c>player.rebuffer*</c> family; known from the player's own report or from CMCD.</summary>
internal readonly record struct RebufferEvent(RebufferStep Step, Correlation Correlation) : IGatewayEvent
{
    private static readonly JsonEncodedText[] Names =
    [
        JsonEncodedText.Encode("player.rebuffer"),
        JsonEncodedText.Encode("player.rebuffer_recovered"),
        JsonEncodedText.Encode("player.rebuffer_timeout"),
    ];

    public JsonEncodedText Name => Names[(int)Step];

    /// <summary>Upstream's path of the manifest or file that the session was opened with; written without a query.</summary>
    public string? Path { get; init; }

    public EventStatus Status => Step == RebufferStep.Recovered ? EventStatus.Success : EventStatus.Error;

    public TimeSpan? Latency => null;

    public string? Engine { get; init; }

    /// <summary>Length of the stall so far.</summary>
    public double? DurationMs { get; init; }

    public double? PositionSec { get; init; }

    /// <summary>Upstream's path or only its last part of the segment that came late.</summary>
    public string? Segment { get; init; }

    /// <summary>Where the late segment came from: <c>buffer</c>, <c>cache</c>, <c>origin</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Source of the report: <c>client</c> or <c>cmcd</c>.</summary>
    public string? SeenBy { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Asset(Path)
        .Field("engine"u8, Engine)
        .Field("durationMs"u8, DurationMs)
        .Field("positionSec"u8, PositionSec)
        .LastPathSegment("segment"u8, Segment)
        .Field("source"u8, Source)
        .Field("seenBy"u8, SeenBy);
}
