using Gateway.Configuration;
using Gateway.Manifests.Auto;
using Gateway.Manifests.Offers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Manifests;

internal static class ManifestsRegistration
{
    /// <summary>Registers the manifest handler.</summary>
    public static IServiceCollection AddManifests(this IServiceCollection services)
    {
        services.AddValidatedOptions<ManifestsOptions>("Manifests");
        services.TryAddSingleton<ManifestMetrics>();
        services.TryAddSingleton<RewritingBudget>();
        services.TryAddSingleton<ManifestTelemetry>();
        services.TryAddSingleton<ManifestReader>();
        services.TryAddSingleton<ManifestSource>();
        services.TryAddSingleton<OfferReader>();
        services.TryAddSingleton<AutoLadderReader>();
        services.TryAddSingleton<ManifestTracking>();
        services.TryAddSingleton<ManifestRewriter>();
        services.TryAddSingleton<ManifestHandler>();
        return services;
    }
}
