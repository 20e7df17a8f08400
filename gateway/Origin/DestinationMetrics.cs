using System.Diagnostics.Metrics;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Number of destinations by health, over all clusters; read from YARP's own state at each scrape.</summary>
internal sealed class DestinationMetrics
{
    private readonly IProxyStateLookup _clusters;

    public DestinationMetrics(IMeterFactory meters, IProxyStateLookup clusters)
    {
        _clusters = clusters;
        meters.Create(OriginMetrics.MeterName).CreateObservableGauge(
            "gateway.origin.destinations", Count, "{destination}", "Configured destinations by the verdict of their health checks.");
    }

    private Measurement<int>[] Count()
    {
        int healthy = 0, unhealthy = 0, unknown = 0;
        foreach (var cluster in _clusters.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                var health = destination.Health;
                if (health.Active == DestinationHealth.Unhealthy || health.Passive == DestinationHealth.Unhealthy) unhealthy++;
                else if (health.Active == DestinationHealth.Healthy || health.Passive == DestinationHealth.Healthy) healthy++;
                else unknown++;
            }
        }

        return [Of(healthy, "healthy"), Of(unhealthy, "unhealthy"), Of(unknown, "unknown")];
    }

    private static Measurement<int> Of(int count, string health) => new(count, new KeyValuePair<string, object?>("health", health));
}
