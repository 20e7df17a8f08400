using Gateway.Media;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Sends one request of a fetch to a destination of a cluster, through the circuit of that destination.</summary>
internal sealed class DestinationSender(IProxyStateLookup clusters, DestinationChoice choice, DestinationCircuits circuits, Exchanges exchanges, OriginMetrics metrics)
{
    public async ValueTask<Exchange> SendAsync(FetchAttempts attempts, MediaAddress address, CancellationToken cancellation)
    {
        if (!clusters.TryGetCluster(address.Cluster, out var cluster)) return Unsent(attempts, OriginFailure.NoCluster);
        while (true)
        {
            var destination = choice.Pick(cluster, address, (attempts.Tried, attempts.UnderWay), out var none);
            if (destination is null) return Unsent(attempts, none);
            var limit = attempts.LimitFor(cluster);
            if (limit <= TimeSpan.Zero) return Unsent(attempts, OriginFailure.TimedOut);
            var asked = attempts.Tried.Contains(destination);
            var title = attempts.Request.TitleAt(address);
            attempts.Asks(destination);
            var exchange = await circuits.RunAsync(
                cluster,
                destination,
                title,
                static s => s.exchanges.StartAsync(s.attempts.Request, s.attempts.Method, s.address, (s.cluster, s.destination), s.limit, s.cancellation),
                (exchanges, attempts, address, cluster, destination, limit, cancellation));
            attempts.Ended(destination);
            // A half-open circuit lets few requests through; the others look for another destination.
            if (exchange.Failure != OriginFailure.CircuitOpen)
            {
                // Another destination may still have the resource.
                exchange.HasAlternative = HasUntried(cluster, attempts.Tried);
                exchange.IsHopeless = exchange.Evidence is ExchangeEvidence.Failed or ExchangeEvidence.Broken
                    && attempts.Tried.Length >= cluster.DestinationsState.AvailableDestinations.Count
                    && circuits.IsHopeless(cluster, destination, title);
                return exchange;
            }

            if (asked) return Unsent(attempts, OriginFailure.CircuitOpen);
        }
    }

    /// <summary>Whether every destination of a cluster is reached over TLS.</summary>
    public bool IsHttps(string cluster)
    {
        if (!clusters.TryGetCluster(cluster, out var state)) return false;
        foreach (var destination in state.DestinationsState.AllDestinations)
        {
            if (!destination.Model.Config.Address.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }

    private static bool HasUntried(ClusterState cluster, DestinationState[] tried)
    {
        foreach (var destination in cluster.DestinationsState.AvailableDestinations)
        {
            if (!tried.Contains(destination)) return true;
        }

        return false;
    }

    private Exchange Unsent(FetchAttempts attempts, OriginFailure failure)
    {
        var exchange = Exchange.Failed(failure);
        if (!PeerCluster.Is(attempts.Address.Cluster)) metrics.Ended(attempts.Request.Purpose, exchange.Outcome, TimeSpan.Zero);
        return exchange;
    }
}
