using System.Diagnostics.Metrics;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Each configured destination by its health; read from YARP's own state at each scrape. Clusters and destinations have the names that the configuration gives them, never an address.</summary>
internal sealed class DestinationMetrics
{
    private static readonly string[] Verdicts = ["healthy", "unhealthy", "unknown"];

    private readonly IProxyStateLookup _clusters;

    public DestinationMetrics(IMeterFactory meters, IProxyStateLookup clusters)
    {
        _clusters = clusters;
        meters.Create(OriginMetrics.MeterName).CreateObservableGauge(
            "gateway.origin.destinations", Read, "{destination}", "Configured destinations, each 1 at the verdict of its health checks and 0 at the others.");
    }

    private IEnumerable<Measurement<int>> Read()
    {
        foreach (var cluster in _clusters.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                var now = VerdictOf(destination.Health);
                foreach (var verdict in Verdicts)
                {
                    yield return new Measurement<int>(
                        string.Equals(verdict, now, StringComparison.Ordinal) ? 1 : 0,
                        new KeyValuePair<string, object?>("health", verdict),
                        new KeyValuePair<string, object?>("cluster", cluster.ClusterId),
                        new KeyValuePair<string, object?>("destination", destination.DestinationId));
                }
            }
        }
    }

    private static string VerdictOf(DestinationHealthState health) =>
        health.Active == DestinationHealth.Unhealthy || health.Passive == DestinationHealth.Unhealthy ? "unhealthy"
        : health.Active == DestinationHealth.Healthy || health.Passive == DestinationHealth.Healthy ? "healthy"
        : "unknown";
}
