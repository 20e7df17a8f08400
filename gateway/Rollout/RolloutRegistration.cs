using Gateway.Configuration;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Control;
using Gateway.Rollout.Player;
using Gateway.Rollout.Store;
using Gateway.Rollout.Watching;
using Gateway.Telemetry.Events;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Rollout;

internal static class RolloutRegistration
{
    /// <summary>Registers the choice of engines and the roll-out's state.</summary>
    public static IServiceCollection AddRollout(this IServiceCollection services)
    {
        services.AddValidatedOptions<RolloutOptions>("Rollout").AddValidatedOptions<TriggerOptions>("Rollout:Triggers").AddValidatedOptions<PlayerOptions>("Player");
        services.TryAddSingleton<RolloutMetrics>();
        services.TryAddSingleton<SourceClasses>();
        services.TryAddSingleton<EngineSelector>();
        services.TryAddSingleton(s => new RolloutControl(
            s.GetRequiredService<RolloutOptions>(),
            s.GetRequiredService<RolloutMetrics>(),
            s.GetRequiredService<EventLog>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<RolloutControl>>(),
            s.GetService<RolloutStore>()));
        services.TryAddSingleton<RolloutSignals>();
        services.TryAddSingleton(s => new WaveCounts(s.GetRequiredService<RolloutControl>(), s.GetService<RolloutStore>() is not null));
        services.TryAddSingleton(s => new RolloutCounts(
            s.GetRequiredService<RolloutSignals>(),
            s.GetRequiredService<WaveCounts>(),
            s.GetService<RolloutStore>() is { } store ? new WatchStore(store) : null));
        services.TryAddSingleton<RolloutWatch>();
        services.AddHostedService(s => s.GetRequiredService<RolloutWatch>());
        services.AddHostedService<RolloutStart>();
        services.AddOptionsReload<RolloutOptions>("Rollout", static (provided, fresh) => _ = provided.GetRequiredService<RolloutControl>().ReconfigureAsync(fresh));
        return services;
    }

    /// <summary>Shares the state with the other gateways of a store.</summary>
    public static IServiceCollection AddRolloutStore(this IServiceCollection services, Func<IServiceProvider, RolloutStore> make)
    {
        services.TryAddSingleton(make);
        services.AddHostedService<RolloutSync>();
        return services;
    }
}
