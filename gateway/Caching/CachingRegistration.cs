using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Outages;
using Gateway.Caching.Store;
using Gateway.Configuration;
using Gateway.Connections;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Caching;

internal static class CachingRegistration
{
    /// <summary>Registers the cache and its trimmer; needs a <see cref="FetchUpstream"/> from the origin's registration, and calls a <see cref="PrefetchEnded"/> if there is one.</summary>
    public static IServiceCollection AddCaching(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(MediaCache))) return services;
        services.AddValidatedOptions<CacheOptions>("Cache").AddValidatedOptions<DiskOptions>("Cache:Disk").AddValidatedOptions<OutageOptions>("Cache:Outage");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CacheMetrics>();
        services.TryAddSingleton<DiskMetrics>();
        services.TryAddSingleton<OutageMetrics>();
        services.TryAddSingleton(static s => new OriginOutages(
            s.GetRequiredService<FetchUpstream>(),
            s.GetRequiredService<OutageOptions>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<OutageMetrics>(),
            s.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Caching.Outages"),
            s.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None));
        services.TryAddSingleton(static s => new CacheDisk(OpenDisk(s)));
        services.TryAddSingleton<Func<MemoryLoad>>(MemoryLoad.OfThisProcess);
        services.TryAddSingleton(static s => Open(s));
        services.AddHostedService(static s => new Trimmer(
            s.GetRequiredService<MediaCache>(), s.GetRequiredService<Func<MemoryLoad>>(), GiveBack, s.GetService<ConnectionMemory>() ?? new ConnectionMemory(long.MaxValue)));
        services.AddHostedService(static s => new DiskService(s.GetRequiredService<CacheDisk>().Tier, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<DiskService>>()));
        return services;
    }

    /// <summary>
    /// Called only while the process is critically short of memory: then a pause of some milliseconds is better than an out-of-memory kill. Freed blocks lie on
    /// the pinned heap, which an ordinary collection does not return to the system.
    /// </summary>
    private static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static MediaCache Open(IServiceProvider services)
    {
        var options = services.GetRequiredService<CacheOptions>();
        var limit = LimitOf(services);
        var trims = new TrimRequests();
        return new MediaCache(new CacheParts(
            options,
            services.GetRequiredService<FetchUpstream>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<CacheMetrics>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Caching"))
        {
            Budget = new MemoryBudget(limit, options.HighWatermark, options.CriticalWatermark),
            Pool = new BodyBlockPool(limit),
            Trims = trims,
            MakeSpace = trims.AskAsync,
            Ended = services.GetService<PrefetchEnded>(),
            Disk = services.GetRequiredService<CacheDisk>().Tier,
            Outages = services.GetRequiredService<OriginOutages>(),
        });
    }

    private static long LimitOf(IServiceProvider services) =>
        services.GetRequiredService<CacheOptions>().MaxBytes is > 0 and var bytes ? bytes : services.GetRequiredService<Func<MemoryLoad>>()().Limit / 4;

    private static DiskTier? OpenDisk(IServiceProvider services)
    {
        var options = services.GetRequiredService<DiskOptions>();
        // Its series are there without a disk, too: dashboards and alerts tell "off" from "no data".
        var metrics = services.GetRequiredService<DiskMetrics>();
        if (options.Path.Length == 0) return null;
        var tier = new DiskTier(
            new DiskFiles(options.Path),
            SlabLayout.For(options.MaxBytes),
            services.GetRequiredService<TimeProvider>(),
            metrics,
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Caching.Disk"))
        {
            // A disk that hangs must not hold the memory that it is there to help.
            MostOffered = Math.Min(64L << 20, LimitOf(services) / 8),
        };
        metrics.Watch(tier);
        return tier;
    }
}
