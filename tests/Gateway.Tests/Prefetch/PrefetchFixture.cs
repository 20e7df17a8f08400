using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Adaptation;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Tests.Caching;
using Gateway.Timelines;
using Gateway.Transcoding;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Prefetch;

/// <summary>A prefetcher over a cache with a fake clock and an upstream that the test controls.</summary>
internal sealed class PrefetchFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _indexes = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<UpstreamCall> _calls = new();

    public PrefetchFixture(Action<PrefetchOptions>? adjust = null, Action<BufferOptions>? buffer = null, Action<CacheOptions>? cache = null, long limit = 16 << 20)
    {
        Answer = call => call.Answer(200, new byte[SegmentBytes]);
        Caching = new CacheFixture(cache, limit);
        Caching.Upstream.Answers = call =>
        {
            _calls.Enqueue(call);
            if (Answers) Answer(call);
        };
        var options = new PrefetchOptions();
        adjust?.Invoke(options);
        var bounds = new BufferOptions();
        buffer?.Invoke(bounds);
        var meters = _services.GetRequiredService<IMeterFactory>();
        var metrics = new PrefetchMetrics(meters);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name is "gateway.prefetch" or "gateway.prefetch.indexes") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            (instrument.Name == "gateway.prefetch" ? _outcomes : _indexes).AddOrUpdate((string)tags[0].Value!, value, (_, sum) => sum + value));
        _listener.Start();
        Caching.Ended = metrics.Ended;
        Scheduler = new PrefetchScheduler(Caching.Cache, options, Transcoder, metrics, Caching.Clock);
        Prefetcher = new Prefetcher(Scheduler, new IndexReader(Caching.Cache, options, metrics, Caching.Clock), options, bounds, FirstBytes, Caching.Clock);
    }

    public CacheFixture Caching { get; }

    /// <summary>How quick the origin is; nothing is known, unless the test tells.</summary>
    public FirstByteTimes FirstBytes { get; } = new();

    /// <summary>None, unless the test names one.</summary>
    public TranscoderOptions Transcoder { get; } = new();

    public PrefetchScheduler Scheduler { get; }

    public Prefetcher Prefetcher { get; }

    /// <summary>Whether upstream answers by itself; else fetches hang until the test answers them.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>Response of an automatic upstream.</summary>
    public Action<UpstreamCall> Answer { get; set; }

    public int SegmentBytes { get; set; } = 100;

    public long Outcome(string label) => _outcomes.GetValueOrDefault(label);

    /// <summary>Indexes of files that were read so far, with an outcome.</summary>
    public long Indexes(string label) => _indexes.GetValueOrDefault(label);

    /// <summary>Everything counted so far.</summary>
    public long Outcomes => _outcomes.Values.Sum();

    public UpstreamCall[] Calls => [.. _calls];

    public string[] Paths => [.. _calls.Select(c => c.Request.Address.Path)];

    public UpstreamCall CallOf(MediaAddress address) => _calls.Last(c => c.Request.Address == address);

    /// <summary>A tracker whose session has loaded the playlists of these folders.</summary>
    public static PlaybackTracker Viewer(params (string Folder, MediaTimeline Timeline)[] playlists)
    {
        var tracker = new PlaybackTracker();
        foreach (var (folder, timeline) in playlists) tracker.Loaded(StreamingProtocol.Hls, Playlists.Address(folder), [timeline]);
        return tracker;
    }

    /// <summary>Requests an object, reads it all and calls the prefetcher, as the segment handler does.</summary>
    public async Task<bool> AskAsync(PlaybackTracker tracker, MediaAddress address, CmcdReport? report = null)
    {
        using var reply = await Caching.Cache.OpenAsync(CacheFixture.Request(address.Path), CancellationToken.None).Within();
        Prefetcher.Asked(tracker, new CacheRequest { Address = address }, reply.Length, report);
        await reply.ReadAllAsync();
        return reply.WasPrefetched;
    }

    /// <summary>Wants a path of the origin ahead, for a viewer of its own.</summary>
    public void Want(string path, DateTimeOffset due) => Scheduler.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", path, ""), null), due, isCounted: false);

    /// <summary>Calls the prefetcher for a request without opening anything.</summary>
    public void Tell(PlaybackTracker tracker, MediaAddress address, CmcdReport? report = null, long? bytes = 100) =>
        Prefetcher.Asked(tracker, new CacheRequest { Address = address }, bytes, report);

    /// <summary>Waits until nothing is under way.</summary>
    public Task QuietAsync() => Deadline.Until(() => Caching.Cache.FetchesUnderWay == 0);

    public async ValueTask DisposeAsync()
    {
        await Caching.DisposeAsync();
        _listener.Dispose();
        await _services.DisposeAsync();
    }
}
