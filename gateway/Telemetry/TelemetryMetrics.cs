using System.Diagnostics.Metrics;
using Gateway.Telemetry.Events;

namespace Gateway.Telemetry;

/// <summary>Metrics of the telemetry itself: a log that loses lines must report it.</summary>
internal sealed class TelemetryMetrics
{
    public const string MeterName = "Gateway.Telemetry";

    private readonly Counter<long> _written;
    private readonly Counter<long> _dropped;

    public TelemetryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _written = meter.CreateCounter<long>("gateway.events.written", description: "Event lines written, by destination.");
        _dropped = meter.CreateCounter<long>("gateway.events.dropped", description: "Event lines that never reached a destination, by reason.");
        EventDropped(EventDrop.QueueFull, 0);
        EventDropped(EventDrop.WriteFailed, 0);
        EventDropped(EventDrop.Invalid, 0);
    }

    public void EventsWritten(EventDestination destination, int lines) =>
        _written.Add(lines, new KeyValuePair<string, object?>("destination", destination == EventDestination.Console ? "console" : "file"));

    public void EventDropped(EventDrop reason, int lines = 1) =>
        _dropped.Add(lines, new KeyValuePair<string, object?>("reason", Label(reason)));

    private static string Label(EventDrop reason) => reason switch
    {
        EventDrop.QueueFull => "queue_full",
        EventDrop.WriteFailed => "write_failed",
        _ => "invalid",
    };
}
