using System.Security.Cryptography;
using Gateway.Knobs;
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
    /// The street: YARP with its section, the table of upstreams, the byte fetch and the forward. Configured clusters come to life with
    /// <c>MapReverseProxy()</c>.
    /// </summary>
    /// <exception cref="NotSupportedException">A cluster asks for a session affinity that is not there.</exception>
    public static IServiceCollection AddOrigin(this IServiceCollection services, IConfiguration configuration)
    {
        var proxy = configuration.GetSection(ProxySection);
        AffinityCheck.RefuseAny(proxy);
        services.AddKnobs<OriginOptions>("Origin");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        services.AddReverseProxy().LoadFromConfig(proxy).AddConfigFilter<ClusterDefaults>();
        services.AddSingleton<IForwarderHttpClientFactory, OriginClientFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IActiveHealthCheckPolicy, AnswersHealthPolicy>());
        services.TryAddSingleton<Upstreams>();
        services.AddSingleton<IConfigChangeListener>(s => s.GetRequiredService<Upstreams>());
        return AddFetch(services);
    }

    private static IServiceCollection AddFetch(IServiceCollection services)
    {
        services.TryAddSingleton<DestinationCircuits>();
        services.TryAddSingleton<DestinationChoice>();
        services.TryAddSingleton<DestinationDoor>();
        services.TryAddSingleton<PassiveHealth>();
        services.TryAddSingleton<OriginMetrics>();
        services.TryAddSingleton<ExchangeBook>();
        services.TryAddSingleton<Exchanges>();
        services.TryAddSingleton<Tries>();
        services.TryAddSingleton<OriginFetch>();
        services.TryAddSingleton<FetchUpstream>(s => s.GetRequiredService<OriginFetch>().FetchAsync);
        return services;
    }
}
