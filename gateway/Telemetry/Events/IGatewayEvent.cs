using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>
/// One kind of line in the event log. Implementations are structs with named fields, so that writing one allocates nothing and a
/// forgotten field is seen where the event is made.
/// </summary>
/// <remarks>No field holds a URL, a query, a ticket or a credential: there is nowhere to put one. Paths are upstream's own, not those of the gateway, which carry tickets.</remarks>
internal interface IGatewayEvent
{
    /// <summary>Value of the field <c>event</c>.</summary>
    JsonEncodedText Name { get; }

    EventStatus Status { get; }

    /// <summary>How long it took; null for what has no duration.</summary>
    TimeSpan? Latency { get; }

    Correlation Correlation { get; }

    /// <summary>Writes what only this kind has. Absent values are left out, not written as null.</summary>
    void WriteFields(Utf8JsonWriter json);
}
