using System.Diagnostics.Metrics;
using Gateway.Live;
using Gateway.Live.Ingest;
using Gateway.Live.Journal;
using Gateway.Live.Life;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Live.Timeline;
using Gateway.Live.Work;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Gateway.Tests.Live.Timeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OptionsOf = Microsoft.Extensions.Options.Options;

namespace Gateway.Tests.Live.Life;

/// <summary>The live sessions of a process that has just started, a while after <see cref="LiveBench.Begin"/>; nothing is sent to a transcoder.</summary>
internal sealed class LiveNode : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public LiveNode(string folder, TimeSpan since, ILiveJournal? journal = null, IObjectStore? store = null)
    {
        var time = new ManualTimeProvider();
        time.Advance(LiveBench.Begin + since - time.GetUtcNow());
        var meters = _services.GetRequiredService<IMeterFactory>();
        Options = new LiveOptions { Enabled = true, Folder = folder };
        Journal = journal ?? new FolderJournal(folder);
        Store = new MeasuredStore(store ?? new FolderStore(folder), time);
        var telemetry = new LiveTelemetry(new LiveMetrics(meters), new EventLog(OptionsOf.Create(new TelemetryOptions { Events = EventDestination.Off }), time, new TelemetryMetrics(meters)));
        Sessions = new LiveSessions(Journal, telemetry, Options);
        Queue = new FairQueue(100, 100, 2, 8);
        Uploads = new PartialUploads(Journal, Options, time);
        Chunks = new ChunkStore(Store, time);
        Segments = new SegmentIntake(Store, Uploads, new BodyReceiver(Options, time), time);
        Retention = new LiveRetention(Sessions, Journal, Store, Uploads, Options, time);
        Processor = new ChunkProcessor(Queue, Sessions, Journal, null!, telemetry, Options, time, NullLogger<ChunkProcessor>.Instance);
        var work = new LiveWork(Queue, Processor);
        Sweep = new LiveSweep(Sessions, Journal, Retention, work, time, NullLogger<LiveSweep>.Instance);
        Admission = new ChunkAdmission(work, new StorageSpace(Store, Uploads, Options, () => Free), Options, time);
        Intake = new ChunkIntake(Uploads, new BodyReceiver(Options, time), Chunks, Admission, new ChunkReplies(telemetry), time);
    }

    public LiveOptions Options { get; }

    public ILiveJournal Journal { get; }

    public MeasuredStore Store { get; }

    public LiveSessions Sessions { get; }

    public FairQueue Queue { get; }

    /// <summary>Free bytes of its volume.</summary>
    public long? Free { get; set; } = long.MaxValue;

    public PartialUploads Uploads { get; }

    public ChunkStore Chunks { get; }

    public SegmentIntake Segments { get; }

    public ChunkAdmission Admission { get; }

    public ChunkIntake Intake { get; }

    public LiveRetention Retention { get; }

    public LiveSweep Sweep { get; }

    private ChunkProcessor Processor { get; }

    public static LiveRecord Accepted(int index) => new(LiveRecordKind.Accepted, LiveBench.Begin, index) { Chunk = new AcceptedChunk(1000 + index, (UInt128)index, 5) };

    /// <summary>Creates a session and writes its journal.</summary>
    public async Task<LiveSession> BeginAsync(string id, params LiveRecord[] records)
    {
        var session = await Sessions.CreateAsync(new LiveSessionHeader(id, LiveBench.Begin) { Timeline = new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10)) });
        Assert.NotNull(session);
        foreach (var record in records) await session.AppendAsync(record);
        return session;
    }

    public void Dispose()
    {
        Sweep.Dispose();
        Processor.Dispose();
        _services.Dispose();
    }
}
