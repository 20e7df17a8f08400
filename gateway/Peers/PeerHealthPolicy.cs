using Gateway.Problems;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Peers;

/// <summary>
/// Reads a peer's readiness: ready, draining (503 with <see cref="ProblemDocument.DrainingHeader"/>: it has no share any more, but gives what it holds) or gone. One look is enough: a share that moves too early costs a
/// few requests, one that moves too late has viewers wait.
/// </summary>
internal sealed class PeerHealthPolicy(PeerRing ring, IDestinationHealthUpdater updater) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "Peer";

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var verdicts = new NewActiveDestinationHealth[probingResults.Count];
        for (var i = 0; i < verdicts.Length; i++)
        {
            var destination = probingResults[i].Destination;
            var health = HealthOf(probingResults[i].Response);
            if (ring.Find(destination.DestinationId) is { } peer) peer.Health = health;
            verdicts[i] = new NewActiveDestinationHealth(destination, health == PeerHealth.Gone ? DestinationHealth.Unhealthy : DestinationHealth.Healthy);
        }

        updater.SetActive(cluster, verdicts);
    }

    private static PeerHealth HealthOf(HttpResponseMessage? response) => response switch
    {
        { IsSuccessStatusCode: true } => PeerHealth.Ready,
        not null when response.Headers.Contains(ProblemDocument.DrainingHeader) => PeerHealth.Draining,
        _ => PeerHealth.Gone,
    };
}
