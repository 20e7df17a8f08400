using Gateway.Knobs;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Sessions;

internal static class SessionsRegistration
{
    /// <summary>The guest book and its sweep.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddKnobs<SessionsOptions>("Sessions").AddKnobs<MediaOptions>("Media");
        services.TryAddSingleton<SessionMetrics>();
        services.TryAddSingleton<SessionLedger>();
        services.TryAddSingleton<SessionRegistry>();
        services.AddHostedService<IdleSweep>();
        return services;
    }
}
