using Gateway.Problems;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Peers;

/// <summary>
/// Reads a peer's readiness: ready, draining (503 with <see cref="ProblemDocument.DrainingHeader"/>: it has no share any more, but gives what it holds) or gone. An answer, or a refused connection, is believed at once; silence is
/// at the second time, for a machine that is busy answers late and loses nothing by that, while each move of a share costs the origin some requests.
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
            var health = ring.Find(destination.DestinationId) is { } peer ? Judge(peer, probingResults[i]) : PeerHealth.Gone;
            verdicts[i] = new NewActiveDestinationHealth(destination, health == PeerHealth.Gone ? DestinationHealth.Unhealthy : DestinationHealth.Healthy);
        }

        updater.SetActive(cluster, verdicts);
    }

    private static PeerHealth Judge(Peer peer, DestinationProbingResult result)
    {
        var health = HealthOf(result.Response);
        if (health == PeerHealth.Gone && result.Exception is OperationCanceledException && peer.IsSilentOnce()) return peer.Health;
        if (health != PeerHealth.Gone) peer.HasSpoken();
        return peer.Health = health;
    }

    private static PeerHealth HealthOf(HttpResponseMessage? response) => response switch
    {
        { IsSuccessStatusCode: true } => PeerHealth.Ready,
        not null when response.Headers.Contains(ProblemDocument.DrainingHeader) => PeerHealth.Draining,
        _ => PeerHealth.Gone,
    };
}
