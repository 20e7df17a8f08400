using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Whether the default cluster can serve: the origin's part of the readiness probe.</summary>
/// <remarks>
/// All gateways of a fleet have the same origin. Were each unready as soon as that is away, a balancer would take all of them out at once, with the connections that play from the cache, or wait: the outage of an origin
/// would be that of everything. So a gateway whose origin was in good health stays ready for <see cref="OriginOptions.UnreadyAfter"/>. When that was is known from the probes themselves: who is not asked has no one to tell.
/// Thread-safe.
/// </remarks>
internal sealed class OriginReadiness(IProxyStateLookup clusters, OriginOptions options, TimeProvider time)
{
    private const long Never = 0;

    private readonly long _began = time.GetTimestamp();
    private long _lastGood = Never;

    /// <summary>Null when at least one destination is not known to be unhealthy, or one was healthy a short while ago, else a sentence for the operator.</summary>
    public string? WhyNot()
    {
        if (!clusters.TryGetCluster(OriginOptions.DefaultCluster, out var cluster))
            return "No cluster 'origin' is configured. Set ReverseProxy:Clusters:origin:Destinations:a:Address.";
        var destinations = cluster.DestinationsState.AllDestinations;
        if (destinations.Count == 0) return "The cluster 'origin' has no destination. Set ReverseProxy:Clusters:origin:Destinations:a:Address.";
        var isUnknown = false;
        var now = time.GetElapsedTime(_began).Ticks + 1;
        foreach (var destination in destinations)
        {
            if (destination.Health.Passive == DestinationHealth.Unhealthy) continue;
            isUnknown |= destination.Health.Active == DestinationHealth.Unknown;
            if (destination.Health.Active != DestinationHealth.Healthy) continue;
            Volatile.Write(ref _lastGood, now);
            return null;
        }

        if (isUnknown) return null;
        var good = Volatile.Read(ref _lastGood);
        return good != Never && now - good < options.UnreadyAfter.Ticks ? null : "No destination of the cluster 'origin' is in good health.";
    }
}
