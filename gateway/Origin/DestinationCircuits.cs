using System.Runtime.CompilerServices;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// One circuit breaker for each destination. Every exchange counts once, when it has ended, in <see cref="CircuitEvidence"/>: an opened circuit keeps requests away for
/// <see cref="OriginOptions.BreakerPause"/>, then a few trial requests go through, each for another title, and decide. Opening and closing set the destination's health in YARP, so that
/// its own forwarding avoids the destination as well.
/// </summary>
/// <remarks>Thread-safe. Circuits live as long as YARP's object for the destination, across reloads.</remarks>
internal sealed class DestinationCircuits(OriginOptions options, TimeProvider time, IDestinationHealthUpdater health, IProxyStateLookup lookup)
{
    private readonly ConditionalWeakTable<DestinationState, DestinationCircuit> _circuits = [];
    private readonly ConditionalWeakTable<ClusterState, ServedTitles> _served = [];

    /// <summary>Whether requests are kept from this destination now.</summary>
    public bool Refuses(DestinationState destination) => _circuits.TryGetValue(destination, out var circuit) && circuit.Refuses;

    /// <summary>Destinations of configured clusters whose circuit is not closed.</summary>
    public int CountOpen()
    {
        var open = 0;
        foreach (var cluster in lookup.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                if (_circuits.TryGetValue(destination, out var circuit) && circuit.IsOpen) open++;
            }
        }

        return open;
    }

    /// <summary>Lets one exchange through, or answers <see cref="OriginFailure.CircuitOpen"/> in its place.</summary>
    /// <param name="title">Title of the request, see <see cref="OriginRequest.TitleAt"/>.</param>
    public async ValueTask<Exchange> RunAsync<TState>(
        ClusterState cluster,
        DestinationState destination,
        string title,
        Func<TState, ValueTask<Exchange>> exchange,
        TState state)
    {
        var circuit = For(cluster, destination);
        if (!circuit.TryEnter(title, out var trial)) return Exchange.Failed(OriginFailure.CircuitOpen);
        var evidence = ExchangeEvidence.None;
        try
        {
            var ended = await exchange(state);
            evidence = ended.Evidence;
            if (evidence == ExchangeEvidence.Served) ServedBy(cluster).Add(title);
            return ended;
        }
        finally
        {
            circuit.Ended(title, evidence, trial);
        }
    }

    /// <summary>Whether the circuit is open or half-open; YARP then keeps the health that the circuit set.</summary>
    public bool IsOpen(DestinationState destination) => _circuits.TryGetValue(destination, out var circuit) && circuit.IsOpen;

    /// <summary>Counts a body that broke off after its head had been counted as a success.</summary>
    public void BodyBroke(ClusterState cluster, DestinationState destination, string title) =>
        For(cluster, destination).Ended(title, ExchangeEvidence.Broken, DestinationCircuit.NoTrial);

    /// <summary>Whether YARP's own health policies, which count requests and know no titles, should count a failure of this title: true once within a window.</summary>
    public bool TryReport(ClusterState cluster, DestinationState destination, string title) => For(cluster, destination).TryReport(title);

    /// <summary>Whether this destination serves nothing of this title, however often it is requested.</summary>
    public bool IsHopeless(ClusterState cluster, DestinationState destination, string title) => For(cluster, destination).IsHopeless(title);

    private DestinationCircuit For(ClusterState cluster, DestinationState destination)
    {
        if (_circuits.TryGetValue(destination, out var circuit)) return circuit;
        return _circuits.GetValue(destination, d => new DestinationCircuit(options, time, ServedBy(cluster), isOpen => Tell(cluster, d, isOpen)));
    }

    private ServedTitles ServedBy(ClusterState cluster) => _served.GetValue(cluster, static _ => new ServedTitles());

    private void Tell(ClusterState cluster, DestinationState destination, bool isOpen) => health.SetPassive(
        cluster,
        destination,
        isOpen ? DestinationHealth.Unhealthy : DestinationHealth.Healthy,
        isOpen ? options.BreakerPause : TimeSpan.Zero);
}
