using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Policy;
using Gateway.Adaptation.Serving;
using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Adaptation;

internal static class AdaptationRegistration
{
    /// <summary>Adds the rules by which sessions are judged, and what is remembered of networks.</summary>
    public static IServiceCollection AddAdaptation(this IServiceCollection services)
    {
        services.AddValidatedOptions<AdaptationOptions>("Adaptation");
        services.TryAddSingleton<AdaptationPolicy>();
        services.TryAddSingleton<AdaptationCap>();
        services.TryAddSingleton<TitleSizes>();
        services.TryAddSingleton<AdaptationParts>();
        services.TryAddSingleton<AdaptationMetrics>();
        services.TryAddSingleton(static s => new NetworkPrior(s.GetRequiredService<AdaptationOptions>().PriorEntries));
        return services;
    }
}
