using Gateway.Caching.Fetching;
using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Prefetch;

internal static class PrefetchRegistration
{
    /// <summary>Adds the prefetcher, its scheduler and their bounds.</summary>
    public static IServiceCollection AddPrefetch(this IServiceCollection services)
    {
        services.AddValidatedOptions<PrefetchOptions>("Prefetch").AddValidatedOptions<BufferOptions>("Buffer");
        services.AddHostedService<BufferCheck>();
        services.TryAddSingleton<PrefetchMetrics>();
        services.TryAddSingleton<PrefetchEnded>(static s => s.GetRequiredService<PrefetchMetrics>().Ended);
        services.TryAddSingleton<PrefetchScheduler>();
        services.TryAddSingleton<IndexReader>();
        services.TryAddSingleton<Prefetcher>();
        services.TryAddSingleton<LiveEdge>();
        return services;
    }
}
