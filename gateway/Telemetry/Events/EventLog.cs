using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Gateway.Telemetry.Events;

/// <summary>
/// The front of the event log: every feature writes here, from any thread.
/// </summary>
/// <remarks>
/// <see cref="Write{TEvent}"/> never waits and never throws for the log's sake. It serialises on the caller's thread into a buffer that
/// the thread keeps, copies the finished line into a rented one and offers it to a bounded queue; a full queue drops the line and counts
/// it, because viewers come before log lines. An event that cannot be written is dropped and counted with all that was written of it: the thread begins its next line with a
/// new buffer. Lines of one thread stay in order. One reader, <see cref="EventLogWriter"/>, takes them to
/// the console and the file and gives the buffers back. Switched off, a write costs one comparison.
/// </remarks>
internal sealed class EventLog
{
    /// <summary>Scratch that grew beyond this (an overlong client event) is not kept by the thread.</summary>
    private const int LargestKeptScratch = 16 * 1024;

    private static readonly JsonEncodedText[] Statuses =
    [
        JsonEncodedText.Encode("success"),
        JsonEncodedText.Encode("reject"),
        JsonEncodedText.Encode("error"),
    ];

    [ThreadStatic]
    private static Scratch? t_scratch;

    private readonly Channel<EventLine> _queue;
    private readonly TimeProvider _clock;
    private readonly TelemetryMetrics _metrics;
    private readonly SegmentEvents _segments;

    public EventLog(IOptions<TelemetryOptions> options, TimeProvider clock, TelemetryMetrics metrics)
    {
        var knobs = options.Value;
        _clock = clock;
        _metrics = metrics;
        _segments = knobs.SegmentEvents;
        Enabled = knobs.WritesToConsole || knobs.WritesToFile;
        _queue = Channel.CreateBounded<EventLine>(new BoundedChannelOptions(knobs.EventQueue) { SingleReader = true, SingleWriter = false });
    }

    /// <summary>Whether events are written anywhere; lets a caller skip gathering fields.</summary>
    public bool Enabled { get; }

    /// <summary>The same for the events of segments, of which there are far more than of all others, and of which those of one status may be all that is wanted.</summary>
    public bool WritesSegments(EventStatus status) => Enabled && Wants(status);

    internal ChannelReader<EventLine> Lines => _queue.Reader;

    /// <summary>Writes one event.</summary>
    public void Write<TEvent>(in TEvent what)
        where TEvent : struct, IGatewayEvent
    {
        if (!Enabled) return;

        // The type is known when the method is compiled for it: for every other event these lines do not exist.
        if (typeof(TEvent) == typeof(SegmentFetchEvent) && !Wants(what.Status)) return;

        // Taken from the thread while in use, so that a line half-written at an exception is never reused.
        var scratch = t_scratch ?? new Scratch();
        t_scratch = null;
        EventLine line;
        try
        {
            Serialise(what, scratch.Json, _clock.GetUtcNow());
            line = EventLine.Copy(scratch.Buffer.WrittenSpan);
        }
        catch (Exception)
        {
            _metrics.EventDropped(EventDrop.Invalid);
            return;
        }

        scratch.Reset();
        if (scratch.Buffer.Capacity <= LargestKeptScratch) t_scratch = scratch;

        if (_queue.Writer.TryWrite(line)) return;
        line.Return();
        _metrics.EventDropped(EventDrop.QueueFull);
    }

    /// <summary>Takes no more lines; the reader drains what is queued and ends.</summary>
    internal void Complete() => _queue.Writer.TryComplete();

    private bool Wants(EventStatus status) =>
        _segments == SegmentEvents.All || (_segments == SegmentEvents.Failures && status != EventStatus.Success);

    private static void Serialise<TEvent>(in TEvent what, Utf8JsonWriter json, DateTimeOffset now)
        where TEvent : struct, IGatewayEvent
    {
        json.WriteStartObject();
        WriteTime(json, now);
        json.WriteString("event"u8, what.Name);
        json.WriteString("status"u8, Statuses[(int)what.Status]);
        json.Field("latencyMs"u8, what.Latency?.TotalMilliseconds);
        var correlation = what.Correlation;
        json.Field("sessionId"u8, correlation.SessionId);
        json.Field("startupLoadId"u8, correlation.StartupLoadId);
        json.Field("startupCorrelationId"u8, correlation.StartupCorrelationId);
        WriteTrace(json);
        what.WriteFields(json);
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset now)
    {
        Span<byte> text = stackalloc byte[24];
        now.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        json.WriteString("ts"u8, text[..length]);
    }

    private static void WriteTrace(Utf8JsonWriter json)
    {
        if (Activity.Current is not { Recorded: true } activity) return;
        json.WriteString("traceId"u8, activity.TraceId.ToHexString());
    }

    private sealed class Scratch
    {
        public Scratch()
        {
            Buffer = new ArrayBufferWriter<byte>(1024);
            Json = new Utf8JsonWriter(Buffer);
        }

        public ArrayBufferWriter<byte> Buffer { get; }

        public Utf8JsonWriter Json { get; }

        public void Reset()
        {
            Buffer.ResetWrittenCount();
            Json.Reset();
        }
    }
}
