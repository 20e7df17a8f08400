using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Warmup;

internal static class WarmupRegistration
{
    public static IServiceCollection AddWarmup(this IServiceCollection services)
    {
        services.AddValidatedOptions<WarmupOptions>("Warmup");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FirstReadiness>();
        services.TryAddSingleton<StartWarmup>();
        return services;
    }
}
