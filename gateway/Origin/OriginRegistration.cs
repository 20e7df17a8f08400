using System.Security.Cryptography;
using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace Gateway.Origin;

internal static class OriginRegistration
{
    /// <summary>Section that holds clusters and routes, in YARP's own schema.</summary>
    public const string ProxySection = "ReverseProxy";

    /// <summary>
    /// Adds YARP with its section, the table of upstreams, the fetch for the cache and the forwarder. Configured clusters are activated by
    /// <see cref="MapOrigin"/>.
    /// </summary>
    public static IServiceCollection AddOrigin(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<OriginOptions>("Origin").AddOptionsReload<OriginOptions>("Origin", static (provided, fresh) => provided.GetRequiredService<OriginOptions>().BearerKeys = fresh.BearerKeys);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        services.AddReverseProxy().LoadFromConfig(configuration.GetSection(ProxySection)).AddConfigFilter<ClusterDefaults>();
        services.AddSingleton<IForwarderHttpClientFactory, OriginClientFactory>();
        AddHealthLog(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IActiveHealthCheckPolicy, AnswersHealthPolicy>());
        services.TryAddSingleton<Upstreams>();
        services.AddSingleton<IConfigChangeListener>(s => s.GetRequiredService<Upstreams>());
        return AddFetch(services);
    }

    /// <summary>Loads the proxy configuration, activates the clusters and maps the operator's own routes.</summary>
    /// <exception cref="WrongConfigurationException">YARP refuses its section; one sentence for each error instead of a nest of exceptions.</exception>
    /// <param name="before">Steps before YARP's own, on every route of the operator's.</param>
    public static WebApplication MapOrigin(this WebApplication app, Action<IReverseProxyApplicationBuilder>? before = null)
    {
        InFlight.Check();
        MissingOrigin.RefuseMistypedName(app.Services.GetServices<IProxyConfigProvider>().Select(p => p.GetConfig()));
        try
        {
            app.MapReverseProxy(proxy =>
            {
                before?.Invoke(proxy);
                proxy.UseSessionAffinity();
                proxy.UseLoadBalancing();
                proxy.UsePassiveHealthChecks();
            });
            app.Services.GetRequiredService<DestinationMetrics>();
            return app;
        }
        catch (InvalidOperationException e) when (e.InnerException is AggregateException all)
        {
            throw new WrongConfigurationException([.. all.InnerExceptions.Select(i => $"{ProxySection}: {(i.InnerException ?? i).Message}")]);
        }
    }

    /// <summary>Puts the log before YARP's own updater, whose type is not public: its registration tells it.</summary>
    private static void AddHealthLog(IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(DestinationHealthLog))) return;
        var own = services.Last(s => s.ServiceType == typeof(IDestinationHealthUpdater)).ImplementationType!;
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<DestinationHealthLog>(s, ActivatorUtilities.CreateInstance(s, own)));
        services.AddSingleton<IDestinationHealthUpdater>(s => s.GetRequiredService<DestinationHealthLog>());
    }

    private static IServiceCollection AddFetch(IServiceCollection services)
    {
        services.TryAddSingleton<DestinationCircuits>();
        services.TryAddSingleton<DestinationTrust>();
        services.TryAddSingleton<DestinationQueues>();
        services.TryAddSingleton<DestinationChoice>();
        services.TryAddSingleton<DestinationSender>();
        services.TryAddSingleton<PassiveHealth>();
        services.TryAddSingleton<OriginMetrics>();
        services.TryAddSingleton<DestinationMetrics>();
        services.TryAddSingleton<ExchangeRecorder>();
        services.TryAddSingleton<FirstByteTimes>();
        services.TryAddSingleton<Exchanges>();
        services.TryAddSingleton<RetryPipeline>();
        services.TryAddSingleton<HedgedTry>();
        services.TryAddSingleton<ContinuationParts>();
        services.TryAddSingleton<OriginFetch>();
        services.TryAddSingleton<OriginForward>();
        services.TryAddSingleton<ForwardTransform>();
        services.TryAddSingleton<OriginReadiness>();
        services.TryAddSingleton<FetchUpstream>(s => s.GetRequiredService<OriginFetch>().FetchAsync);
        return services;
    }
}
