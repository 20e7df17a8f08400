using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>A cache before an upstream that answers at once with a body of one size.</summary>
internal sealed class BenchCache : IDisposable
{
    private static readonly StorageRules Rules = new() { DefaultLifetime = TimeSpan.FromHours(1) };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    /// <param name="body">Body of every object.</param>
    /// <param name="limit">Bytes that the cache may hold.</param>
    public BenchCache(byte[] body, long limit)
    {
        var options = new CacheOptions { MaxBytes = limit, MinRetention = TimeSpan.Zero };
        Meters = _services.GetRequiredService<IMeterFactory>();
        var head = new ResponseHead(200, [new HeaderLine("Content-Type", "video/mp4"), new HeaderLine("ETag", "\"1\"")]);
        var trims = new TrimRequests();
        Cache = new MediaCache(new CacheParts(
            options,
            (_, cancellation) => Hangs ? HangAsync(cancellation) : new ValueTask<OriginReply>(new OriginReply(head, "http://origin/", body.Length, new MemoryStream(body, writable: false))),
            TimeProvider.System,
            new CacheMetrics(Meters),
            NullLogger.Instance)
        {
            Budget = new MemoryBudget(limit, options.HighWatermark, options.CriticalWatermark),
            Pool = new BodyBlockPool(limit),
            Trims = trims,
            MakeSpace = trims.AskAsync,
        });
        Trimmer = new Trimmer(Cache, () => new MemoryLoad(0, 1L << 40), static () => { }, new Gateway.Connections.ConnectionMemory(1L << 40));
    }

    /// <summary>Upstream never answers.</summary>
    public bool Hangs { get; init; }

    public IMeterFactory Meters { get; }

    public MediaCache Cache { get; }

    public Trimmer Trimmer { get; }

    public static MediaAddress Address(string path) => new("origin", path, string.Empty);

    public async ValueTask GetAsync(string path, string partition = "")
    {
        using var reply = await Cache.OpenAsync(new CacheRequest { Address = Address(path), Rules = Rules, Partition = partition }, CancellationToken.None);
        for (long position = 0; await reply.ReadAsync(position, CancellationToken.None) is { IsEmpty: false } bytes;) position += bytes.Length;
    }

    private static async ValueTask<OriginReply> HangAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return OriginReply.Failed(OriginFailure.TooSlow);
    }

    public void Dispose()
    {
        Trimmer.Dispose();
        _services.Dispose();
    }
}
