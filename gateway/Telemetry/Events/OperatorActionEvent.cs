using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary><c>operator.action</c>: an operator's action, with the operator's key id and address.</summary>
internal readonly record struct OperatorActionEvent : IGatewayEvent
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("operator.action");

    public JsonEncodedText Name => EventName;

    public EventStatus Status { get; init; }

    public TimeSpan? Latency => null;

    public Correlation Correlation => default;

    /// <summary>Id of the key.</summary>
    public string? Who { get; init; }

    /// <summary>The operator's address.</summary>
    public string? From { get; init; }

    /// <summary><c>cache.purge</c>, <c>drain.begin</c>, <c>drain.end</c>, <c>session.end</c>, <c>user.end</c>, <c>revocation.set</c>, <c>revocation.lift</c>, <c>rollout.change</c>, <c>rollout.revert</c>.</summary>
    public string? What { get; init; }

    /// <summary>Target of the action: a session's id, a user's opaque name, a digest, the prefix of a purge.</summary>
    public string? Target { get; init; }

    /// <summary>Number of objects or sessions affected on this node.</summary>
    public long? Count { get; init; }

    public void WriteFields(Utf8JsonWriter json) => json
        .Field("who"u8, Who)
        .Field("from"u8, From)
        .Field("what"u8, What)
        .Field("target"u8, Target)
        .Field("count"u8, Count);
}
