using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
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
        services.AddValidatedOptions<CacheOptions>("Cache");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CacheMetrics>();
        services.TryAddSingleton<Func<MemoryLoad>>(MemoryLoad.OfThisProcess);
        services.TryAddSingleton(static s => Open(s));
        services.AddHostedService(static s => new Trimmer(
            s.GetRequiredService<MediaCache>(), s.GetRequiredService<Func<MemoryLoad>>(), GiveBack, s.GetService<ConnectionMemory>() ?? new ConnectionMemory(long.MaxValue)));
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
        var limit = options.MaxBytes > 0 ? options.MaxBytes : services.GetRequiredService<Func<MemoryLoad>>()().Limit / 4;
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
        });
    }
}
