using Gateway.Knobs;
using Gateway.Sessions.Control;
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
        services.TryAddSingleton<Drain>();
        AddControl(services);
        return services;
    }

    private static void AddControl(IServiceCollection services)
    {
        services.TryAddSingleton<SessionDoor>();
        services.TryAddSingleton<SessionDesk>();
        services.TryAddSingleton<SessionViews>();
        services.TryAddSingleton<SessionBooks>();
        services.TryAddSingleton<SessionOpening>();
        services.TryAddSingleton<SessionHandoff>();
        services.TryAddSingleton<ClientReports>();
        services.TryAddSingleton<TitleCheck>();
        services.TryAddSingleton<Prewarm>();
        services.AddSessionLimits();
    }
}
