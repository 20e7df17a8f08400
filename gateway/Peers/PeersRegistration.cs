using Gateway.Configuration;
using Gateway.Origin;
using Gateway.Transcoding;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace Gateway.Peers;

internal static class PeersRegistration
{
    /// <summary>Whether other gateways are configured.</summary>
    public static bool AreConfigured(IConfiguration configuration) =>
        configuration.GetSection($"{OptionsSection.Root}:Peers:{nameof(PeersOptions.Nodes)}").GetChildren().Any();

    /// <summary>Puts <see cref="PeerFetch"/> before whatever fetches from upstream. Needs the origin's and the transcoder's registrations before it, and a <see cref="PeerIdentity"/>.</summary>
    public static IServiceCollection AddPeerFetch(this IServiceCollection services)
    {
        services.TryAddSingleton<PeerMetrics>();
        services.TryAddSingleton(s =>
        {
            var ring = ActivatorUtilities.CreateInstance<PeerRing>(s);
            s.GetRequiredService<PeerMetrics>().Watch(ring);
            return ring;
        });
        services.TryAddSingleton<PeerAsk>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IActiveHealthCheckPolicy, PeerHealthPolicy>());
        services.AddSingleton<IProxyConfigProvider>(s => new InMemoryConfigProvider([], ClustersOf(s.GetRequiredService<PeerRing>(), s.GetRequiredService<PeersOptions>())));
        var next = services.Last(d => d.ServiceType == typeof(FetchUpstream));
        services.AddSingleton<FetchUpstream>(s => new PeerFetch(
            s.GetRequiredService<PeerRing>(), s.GetRequiredService<PeerAsk>(), (FetchUpstream)next.ImplementationFactory!(s), s.GetRequiredService<PeersOptions>(), s.GetRequiredService<TranscoderOptions>()).FetchAsync);
        return services;
    }

    /// <summary>One cluster for each peer. They hold no media of their own: no manifest and no ticket leads there.</summary>
    private static ClusterConfig[] ClustersOf(PeerRing ring, PeersOptions options) =>
    [
        .. ring.Peers.ToArray().Select(peer => new ClusterConfig
        {
            ClusterId = peer.Cluster,
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { [peer.Name] = new() { Address = peer.Address } },
            HealthCheck = new HealthCheckConfig
            {
                Active = new ActiveHealthCheckConfig { Enabled = true, Policy = PeerHealthPolicy.PolicyName, Path = "/health/ready", Interval = options.ProbeInterval, Timeout = options.FirstByteTimeout },
            },
        }),
    ];
}
