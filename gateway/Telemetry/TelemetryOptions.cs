using System.ComponentModel.DataAnnotations;
using Gateway.Telemetry.Events;

namespace Gateway.Telemetry;

/// <summary>
/// Section <c>Gateway:Telemetry</c>. Traces and OTLP export have no knobs here: the standard <c>OTEL_*</c> variables rule them.
/// </summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// Whether metrics are collected and <c>/metrics</c> answers. Default on; off is for measuring what they cost.
    /// </summary>
    public bool Metrics { get; set; } = true;

    /// <summary>
    /// How old a scrape may be that is given out once more. Default half a second: whoever asks for <c>/metrics</c> without end has it rendered twice a second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ScrapeAge { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Where the event log goes. Default both: standard output, as twelve-factor platforms expect it, and the file when one is named.
    /// </summary>
    public EventDestination Events { get; set; } = EventDestination.Both;

    /// <summary>
    /// How events look on standard output: a JSON object a line, or with <c>Text</c> a sentence for what a person at a terminal wants to see.
    /// </summary>
    public ConsoleFormat ConsoleFormat { get; set; } = ConsoleFormat.Ndjson;

    /// <summary>
    /// Which <c>segment.fetch</c> events are written. Default all: one line for each segment is what an analysis of a bad evening needs;
    /// a machine that serves thousands a second may want only the failures.
    /// </summary>
    public SegmentEvents SegmentEvents { get; set; } = SegmentEvents.All;

    /// <summary>NDJSON file that events are appended to. Empty, the default, means none.</summary>
    public string EventsFile { get; set; } = "";

    /// <summary>Size at which the events file is turned over, in bytes. Default 64 MiB, about 200 000 events.</summary>
    [Range(4096L, 1L << 40)]
    public long EventsFileMaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many events files are kept, the current one included. Default 5.</summary>
    [Range(1, 1000)]
    public int EventsFileCount { get; set; } = 5;

    /// <summary>
    /// Lines that may wait for the writer; more are dropped and counted. Default 16 384: two seconds at 8 000 segments a second, about 6 MB.
    /// </summary>
    [Range(16, 1 << 20)]
    public int EventQueue { get; set; } = 16_384;

    internal bool WritesToConsole => Events is EventDestination.Console or EventDestination.Both;

    internal bool WritesToFile => (Events is EventDestination.File or EventDestination.Both) && EventsFile.Length > 0;
}
