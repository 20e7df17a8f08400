using Yarp.ReverseProxy;

namespace Gateway.Origin;

/// <summary>Sends one request of a fetch to a destination of a cluster, through the circuit of that destination.</summary>
internal sealed class DestinationDoor(IProxyStateLookup clusters, DestinationChoice choice, DestinationCircuits circuits, Exchanges exchanges, OriginMetrics metrics)
{
    public async ValueTask<Exchange> SendAsync(Fetch fetch, MediaAddress address, CancellationToken cancellation)
    {
        if (!clusters.TryGetCluster(address.Cluster, out var cluster)) return Unsent(fetch, OriginFailure.NoDestination);
        while (true)
        {
            var destination = choice.Pick(cluster, address, fetch.Tried, out var none);
            if (destination is null) return Unsent(fetch, none);
            var limit = fetch.LimitFor(cluster);
            if (limit <= TimeSpan.Zero) return Unsent(fetch, OriginFailure.TimedOut);
            var asked = fetch.Tried.Contains(destination);
            var title = fetch.Request.TitleAt(address);
            fetch.Asks(destination);
            var exchange = await circuits.RunAsync(
                cluster,
                destination,
                title,
                static s => s.exchanges.StartAsync(s.fetch.Request, s.fetch.Method, s.address, (s.cluster, s.destination), s.limit, s.cancellation),
                (exchanges, fetch, address, cluster, destination, limit, cancellation));
            // A circuit that tries out lets one request through at a time; the others look for another destination.
            if (exchange.Failure != OriginFailure.CircuitOpen)
            {
                // Another destination may still have it.
                exchange.IsHopeless = exchange.Evidence == ExchangeEvidence.Failed
                    && fetch.Tried.Length >= cluster.DestinationsState.AvailableDestinations.Count
                    && circuits.IsHopeless(cluster, destination, title);
                return exchange;
            }

            if (asked) return Unsent(fetch, OriginFailure.CircuitOpen);
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

    /// <summary>Whether a cluster has another destination to turn to.</summary>
    public bool HasSeveral(string cluster) =>
        clusters.TryGetCluster(cluster, out var state) && state.DestinationsState.AvailableDestinations.Count > 1;

    private Exchange Unsent(Fetch fetch, OriginFailure failure)
    {
        var exchange = Exchange.Failed(failure);
        metrics.Ended(fetch.Request.Purpose, exchange.Outcome, TimeSpan.Zero);
        return exchange;
    }
}
