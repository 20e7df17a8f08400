using Gateway.Knobs;
using Gateway.Manifests.Offers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Manifests;

internal static class ManifestsRegistration
{
    /// <summary>The playlist room.</summary>
    public static IServiceCollection AddManifests(this IServiceCollection services)
    {
        services.AddKnobs<ManifestsOptions>("Manifests");
        services.TryAddSingleton<ManifestMetrics>();
        services.TryAddSingleton<RewritingBudget>();
        services.TryAddSingleton<ManifestAccounts>();
        services.TryAddSingleton<ManifestReader>();
        services.TryAddSingleton<ManifestSource>();
        services.TryAddSingleton<OfferReader>();
        services.TryAddSingleton<ViewingNotes>();
        services.TryAddSingleton<ManifestRewriter>();
        services.TryAddSingleton<ManifestRoom>();
        return services;
    }
}
