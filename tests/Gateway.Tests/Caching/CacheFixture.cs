using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Outages;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ConnectionMemory = Gateway.Connections.ConnectionMemory;

namespace Gateway.Tests.Caching;

/// <summary>A cache with a fake clock, a fake upstream and fake memory; trimming happens when the test triggers it, or when a fetch asks for space.</summary>
internal sealed class CacheFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    /// <param name="clock">Another clock than the fake one, for tests with real threads.</param>
    /// <param name="disk">The tier below the memory.</param>
    /// <param name="outage">Knobs of requests that wait while upstream is away; null = they wait for nine seconds.</param>
    /// <param name="stopping">Cancelled when the gateway stops.</param>
    public CacheFixture(Action<CacheOptions>? adjust = null, long limit = 16 << 20, TimeProvider? clock = null, DiskTier? disk = null, OutageOptions? outage = null, CancellationToken stopping = default)
    {
        var options = new CacheOptions { MaxBytes = limit };
        adjust?.Invoke(options);
        Options = options;
        Metrics = new CacheMetrics(_services.GetRequiredService<IMeterFactory>());
        OutageMetrics = new OutageMetrics(_services.GetRequiredService<IMeterFactory>());
        Outages = new OriginOutages(Upstream.FetchAsync, outage ?? new OutageOptions { Patience = TimeSpan.FromSeconds(9) }, clock ?? Clock, OutageMetrics, NullLogger.Instance, stopping);
        var trims = new TrimRequests();
        MakeSpace = bytes =>
        {
            var asked = trims.AskAsync(bytes);
            Trimmer!.Trim(sweep: false);
            return asked;
        };
        Ended = (ending, _) => PrefetchEndings.Add(ending);
        Parts = new CacheParts(options, Upstream.FetchAsync, clock ?? Clock, Metrics, NullLogger.Instance)
        {
            Budget = new MemoryBudget(limit, options.HighWatermark, options.CriticalWatermark),
            Pool = new BodyBlockPool(limit),
            Trims = trims,
            MakeSpace = bytes => MakeSpace(bytes),
            Ended = (ending, bytes) => Ended(ending, bytes),
            Disk = disk,
            Outages = Outages,
        };
        Cache = new MediaCache(Parts);
        Trimmer = new Trimmer(Cache, () => Load, () => GivenBack++, Connections);
        Parts.Budget.TrimNeeded = () => TrimSignals++;
    }

    public ManualTimeProvider Clock { get; } = new();

    public FakeUpstream Upstream { get; } = new();

    public CacheOptions Options { get; }

    public CacheMetrics Metrics { get; }

    public OutageMetrics OutageMetrics { get; }

    public OriginOutages Outages { get; }

    public CacheParts Parts { get; }

    public MediaCache Cache { get; }

    public Trimmer Trimmer { get; }

    /// <summary>Makes space instead of the trimmer, when set.</summary>
    public Func<long, Task> MakeSpace { get; set; }

    /// <summary>Called when a prefetch has ended, instead of <see cref="PrefetchEndings"/>, when set.</summary>
    public PrefetchEnded Ended { get; set; }

    public ConnectionMemory Connections { get; } = new(1 << 20);

    public MemoryLoad Load { get; set; } = new(0, 1L << 40);

    public int TrimSignals { get; private set; }

    public int GivenBack { get; private set; }

    public List<PrefetchEnding> PrefetchEndings { get; } = [];

    public static CacheRequest Request(string path = "/a/seg1", StorageRules? rules = null, params (string Name, string Value)[] fields) => new()
    {
        Address = new MediaAddress("origin", path, string.Empty),
        Rules = rules ?? Segments,
        Fields = [.. fields.Select(f => new HeaderLine(f.Name, f.Value))],
    };

    /// <summary>Rules of an ordinary segment: stored for an hour when upstream states no lifetime.</summary>
    public static StorageRules Segments { get; } = new() { DefaultLifetime = TimeSpan.FromHours(1) };

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)((i * 31 + seed * 7 + (i >> 8)) & 0xFF);
        return bytes;
    }

    public Task<CacheReply> OpenAsync(CacheRequest request, CancellationToken leaving = default) => Cache.OpenAsync(request, leaving).AsTask();

    /// <summary>Opens, answers the fetch if there is one, reads everything and disposes the reply.</summary>
    public async Task<(CacheResult Result, byte[] Body)> GetAsync(CacheRequest request)
    {
        using var reply = await Cache.OpenAsync(request, CancellationToken.None).Within();
        return (reply.Result, await reply.ReadAllAsync());
    }

    /// <summary>Every fetch has released what it held. A reader has its last byte before that.</summary>
    public Task FetchesEndedAsync() => Deadline.Until(() => Cache.Statistics().Fetches == 0);

    /// <summary>Puts an object into the cache, where from then on nobody uses it.</summary>
    public async Task StoreAsync(string path, byte[] body, params (string Name, string Value)[] fields)
    {
        var before = Cache.Statistics().Fetches;
        var open = OpenAsync(Request(path));
        (await Upstream.NextAsync()).Answer(200, body, fields);
        using (var reply = await open.WaitAsync(Deadline.Value))
        {
            Assert.Equal(body, await reply.ReadAllAsync());
            Assert.Equal(CacheResult.Filled, reply.Result);
        }

        await Deadline.Until(() => Cache.Statistics().Fetches <= before);
    }

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        Trimmer.Dispose();
        Outages.Dispose();
        OutageMetrics.Dispose();
        Metrics.Dispose();
        await _services.DisposeAsync();
    }
}
