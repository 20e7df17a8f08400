using Gateway.Caching;
using Gateway.Knobs;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Prefetch;

internal static class PrefetchRegistration
{
    /// <summary>The side worker that fetches ahead, and its bounds.</summary>
    public static IServiceCollection AddPrefetch(this IServiceCollection services)
    {
        services.AddKnobs<PrefetchOptions>("Prefetch").AddKnobs<BufferOptions>("Buffer");
        services.AddHostedService<BufferStart>();
        services.TryAddSingleton<PrefetchMetrics>();
        services.TryAddSingleton<AheadEnded>(static s => s.GetRequiredService<PrefetchMetrics>().Ended);
        services.TryAddSingleton<AheadDesk>();
        services.TryAddSingleton<IndexReader>();
        services.TryAddSingleton<Prefetcher>();
        services.TryAddSingleton<LiveEdge>();
        return services;
    }
}
