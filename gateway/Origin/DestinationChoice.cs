using System.Collections.Frozen;
using Gateway.Media;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Chooses the destination of a request the way YARP's own pipeline does: from the cluster's available destinations, by the cluster's
/// load-balancing policy. Destinations that this fetch has tried already come last, and before them those that seem dead
/// (<see cref="DestinationTrust"/>); those whose circuit is open are left out. One that is only late, and is trusted, is asked again rather than one that seems dead.
/// </summary>
internal sealed class DestinationChoice
{
    private readonly FrozenDictionary<string, ILoadBalancingPolicy> _policies;
    private readonly DestinationCircuits _circuits;
    private readonly DestinationTrust _trust;

    public DestinationChoice(IEnumerable<ILoadBalancingPolicy> policies, DestinationCircuits circuits, DestinationTrust trust)
    {
        _trust = trust;
        _policies = policies.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        _circuits = circuits;
    }

    /// <summary>Picks a destination; null with a reason when there is none.</summary>
    /// <param name="cluster">Cluster of the destinations.</param>
    /// <param name="address">The requested address; a policy of the operator's may look at the path.</param>
    /// <param name="asked">Destinations of earlier tries, taken again only when no other is left; and those of them that have not answered yet.</param>
    /// <param name="none">Why null was returned.</param>
    public DestinationState? Pick(ClusterState cluster, MediaAddress address, (DestinationState[] Tried, DestinationState[] UnderWay) asked, out OriginFailure none)
    {
        none = OriginFailure.NoDestination;
        var state = cluster.DestinationsState;
        var available = state.AvailableDestinations;
        if (available.Count == 0)
        {
            foreach (var destination in state.AllDestinations)
            {
                if (_circuits.Refuses(destination)) none = OriginFailure.CircuitOpen;
            }

            return null;
        }

        // The common case, a healthy cluster and a first try, goes through without a copy.
        var usable = asked.Tried.Length == 0 && !IsAnyLess(available) ? available : Usable(state, asked.Tried, asked.UnderWay);
        if (usable.Count == 0)
        {
            none = OriginFailure.CircuitOpen;
            return null;
        }

        return usable.Count == 1 ? usable[0] : Balance(cluster, address, usable);
    }

    private bool IsAnyLess(IReadOnlyList<DestinationState> destinations)
    {
        for (var i = 0; i < destinations.Count; i++)
        {
            if (_circuits.Refuses(destinations[i]) || _trust.Doubts(destinations[i])) return true;
        }

        return false;
    }

    private List<DestinationState> Usable(ClusterDestinationsState state, DestinationState[] tried, DestinationState[] underWay)
    {
        var available = state.AvailableDestinations;
        var closed = new List<DestinationState>(available.Count);
        for (var i = 0; i < available.Count; i++)
        {
            if (!_circuits.Refuses(available[i])) closed.Add(available[i]);
        }

        var fresh = closed.FindAll(d => !tried.Contains(d));
        // Health is an average of minutes: where all that count as healthy were in vain, another one is a better guess than the same again.
        if (fresh.Count == 0) fresh = [.. state.AllDestinations.Where(d => !tried.Contains(d) && !_circuits.Refuses(d))];
        if (fresh.Count == 0) fresh = closed;
        var trusted = fresh.FindAll(d => !_trust.Doubts(d));
        if (trusted.Count == 0) trusted = closed.FindAll(d => underWay.Contains(d) && !_trust.Doubts(d));
        return trusted.Count > 0 ? trusted : fresh;
    }

    private DestinationState? Balance(ClusterState cluster, MediaAddress address, IReadOnlyList<DestinationState> usable)
    {
        var name = cluster.Model.Config.LoadBalancingPolicy ?? LoadBalancingPolicies.PowerOfTwoChoices;
        // YARP refuses unknown names when the configuration is loaded.
        var policy = _policies[name];
        // Policies expect the HttpContext of a request, and a fetch has none of its own: it may be a prefetch, or serve a thousand clients.
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = PathString.FromUriComponent(address.Path);
        context.Request.QueryString = new QueryString(address.Query);
        return policy.PickDestination(context, cluster, usable);
    }
}
