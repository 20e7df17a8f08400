using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Whether the default cluster can serve: the origin's part of the readiness probe.</summary>
internal sealed class OriginReadiness(IProxyStateLookup clusters)
{
    /// <summary>Null when at least one destination is not known to be unhealthy, else a sentence for the operator.</summary>
    public string? WhyNot()
    {
        if (!clusters.TryGetCluster(OriginOptions.DefaultCluster, out var cluster))
            return "No cluster 'origin' is configured. Set ReverseProxy:Clusters:origin:Destinations:a:Address.";
        var destinations = cluster.DestinationsState.AllDestinations;
        if (destinations.Count == 0) return "The cluster 'origin' has no destination. Set ReverseProxy:Clusters:origin:Destinations:a:Address.";
        foreach (var destination in destinations)
        {
            if (destination.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy }) return null;
        }

        return "No destination of the cluster 'origin' is in good health.";
    }
}
