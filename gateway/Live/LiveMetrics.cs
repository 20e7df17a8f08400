using System.Diagnostics.Metrics;
using Gateway.Live.Ingest;
using Gateway.Live.Storage;
using Gateway.Live.Work;

namespace Gateway.Live;

/// <summary>Instruments of the meter <c>Gateway.Live</c>. Tags are from closed sets; no session is ever one.</summary>
internal sealed class LiveMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _chunks;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _making;
    private readonly Counter<long> _playlistErrors;

    public LiveMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Gateway.Live");
        _chunks = _meter.CreateCounter<long>("gateway.live.chunks", description: "Chunks of live sessions, by what became of them.");
        _calls = _meter.CreateCounter<long>("gateway.live.calls", description: "Calls to the transcoder for a chunk, by how they ended.");
        _bytes = _meter.CreateCounter<long>("gateway.live.chunk.bytes", description: "Bytes of the chunks that were received.");
        _latency = _meter.CreateHistogram<double>("gateway.live.chunk.latency", "s", "From a chunk's confirmation to its entry in the playlist.");
        _making = _meter.CreateHistogram<double>("gateway.live.processing.duration", "s", "Time that a chunk took at the transcoder, retries included.");
        _playlistErrors = _meter.CreateCounter<long>("gateway.live.playlist.errors", description: "Playlists that could not be written because the journal or the store was away.");
        foreach (var outcome in Enum.GetValues<ChunkOutcome>()) _chunks.Add(0, Tag(Label(outcome)));
        foreach (var outcome in Enum.GetValues<CallOutcome>()) _calls.Add(0, Tag(Label(outcome)));
        _bytes.Add(0);
        _playlistErrors.Add(0);
    }

    public void Watch(Func<int> sessions, Func<int> overdue, FairQueue queue)
    {
        _meter.CreateObservableGauge("gateway.live.sessions.active", sessions, description: "Live sessions that have not ended.");
        _meter.CreateObservableGauge("gateway.live.sessions.overdue", overdue, description: "Live sessions whose playlist has no end a quarter of an hour after their last chunk.");
        _meter.CreateObservableGauge("gateway.live.queue.depth", () => queue.Waiting, description: "Chunks that wait for the transcoder, or are being stored.");
        _meter.CreateObservableGauge("gateway.live.calls.active", () => queue.Making, description: "Chunks that the transcoder works on.");
    }

    public void Watch(PartialUploads uploads, MeasuredStore store, StorageSpace room)
    {
        _meter.CreateObservableGauge("gateway.live.uploads.active", () => uploads.UnderWay, description: "Uploads of chunks that are under way.");
        _meter.CreateObservableGauge("gateway.live.storage.bytes", () => store.Bytes, description: "Bytes of chunks and segments in the store: measured each five minutes, with what this gateway has written since.");
        _meter.CreateObservableGauge("gateway.live.storage.room.bytes", () => Math.Max(0, room.Bytes), description: "Bytes that chunks may still take, by Live:MaxBytes and Live:MinFreeBytes, whichever leaves less.");
    }

    public void Count(ChunkOutcome outcome) => _chunks.Add(1, Tag(Label(outcome)));

    public void Received(long bytes) => _bytes.Add(bytes);

    public void Called(CallOutcome outcome) => _calls.Add(1, Tag(Label(outcome)));

    public void Listed(TimeSpan after) => _latency.Record(Math.Max(0, after.TotalSeconds));

    public void Made(TimeSpan took) => _making.Record(took.TotalSeconds);

    public void PlaylistFailed() => _playlistErrors.Add(1);

    private static string Label(ChunkOutcome outcome) => outcome switch
    {
        ChunkOutcome.Received => "received",
        ChunkOutcome.Repeated => "repeated",
        ChunkOutcome.Late => "late",
        ChunkOutcome.Refused => "refused",
        ChunkOutcome.Processed => "processed",
        ChunkOutcome.Failed => "failed",
        _ => "missed",
    };

    private static string Label(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Made => "made",
        CallOutcome.Refused => "refused",
        CallOutcome.Failed => "failed",
        CallOutcome.Busy => "busy",
        _ => "unreachable",
    };

    private static KeyValuePair<string, object?> Tag(string outcome) => KeyValuePair.Create("outcome", (object?)outcome);
}
