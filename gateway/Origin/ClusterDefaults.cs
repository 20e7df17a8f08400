using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace Gateway.Origin;

/// <summary>
/// Completes the configuration of media clusters where the operator has set nothing: active probes, passive health, and the use of all
/// destinations when every one looks unhealthy, since wrong probe results must not take a site down. Clusters without
/// media stay as they are.
/// </summary>
internal sealed class ClusterDefaults(OriginOptions options) : IProxyConfigFilter
{
    /// <summary>Metadata that makes a cluster one that holds media: <c>true</c> or <c>false</c>.</summary>
    public const string Media = "Media";

    /// <summary>Metadata whose presence makes a cluster a media cluster; its value lists further hosts under which manifests name it.</summary>
    public const string MediaHosts = "Media.Hosts";

    /// <summary>Metadata that lists methods which the cluster takes within a session besides GET and HEAD, for example <c>POST</c> of a licence server.</summary>
    public const string MediaMethods = "Media.Methods";

    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        ClusterCheck.Refuse(cluster);
        return ValueTask.FromResult(ClusterCheck.IsMedia(cluster) ? cluster with { HealthCheck = Complete(cluster.HealthCheck) } : cluster);
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel)
    {
        RouteCheck.Refuse(route);
        return ValueTask.FromResult(route);
    }

    private HealthCheckConfig Complete(HealthCheckConfig? given)
    {
        given ??= new HealthCheckConfig();
        return given with
        {
            AvailableDestinationsPolicy = given.AvailableDestinationsPolicy ?? HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = Complete(given.Active ?? new ActiveHealthCheckConfig()),
            // Without passive checks YARP ignores the health that an opened circuit sets.
            Passive = given.Passive is { Enabled: not null }
                ? given.Passive
                : (given.Passive ?? new PassiveHealthCheckConfig()) with { Enabled = true },
        };
    }

    private ActiveHealthCheckConfig Complete(ActiveHealthCheckConfig given) => given.Enabled is null
        ? given with
        {
            Enabled = true,
            Policy = given.Policy ?? AnswersHealthPolicy.PolicyName,
            Path = given.Path ?? options.HealthPath,
            Interval = given.Interval ?? options.HealthInterval,
            Timeout = given.Timeout ?? options.FirstByteTimeout,
        }
        : given;
}
