using Gateway.Knobs;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Prefetch;

internal static class PrefetchRegistration
{
    /// <summary>The side worker that fetches ahead.</summary>
    public static IServiceCollection AddPrefetch(this IServiceCollection services)
    {
        services.AddKnobs<PrefetchOptions>("Prefetch");
        services.TryAddSingleton<PrefetchMetrics>();
        services.TryAddSingleton<Prefetcher>();
        return services;
    }
}
