using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// A destination that answers is healthy: any status below 500 counts, since the probed path need not exist on a media origin. YARP's own
/// ConsecutiveFailures would take a 404 for a failure.
/// </summary>
/// <remarks>
/// A destination of unknown health is unhealthy after one failed probe (it has no record to trust), a healthy one after two in a
/// row: one lost probe must not move its viewers.
/// </remarks>
internal sealed class AnswersHealthPolicy(DestinationHealthLog updater) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "Answers";

    private static readonly object OneFailure = new();
    private readonly ConditionalWeakTable<DestinationState, object> _failedOnce = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        if (probingResults.Count == 0) return;
        var verdicts = new NewActiveDestinationHealth[probingResults.Count];
        for (var i = 0; i < verdicts.Length; i++) verdicts[i] = Judge(probingResults[i]);
        updater.SetActive(cluster, verdicts);
    }

    private NewActiveDestinationHealth Judge(DestinationProbingResult result)
    {
        var destination = result.Destination;
        if (result.Response is { } response && (int)response.StatusCode < 500)
        {
            _failedOnce.Remove(destination);
            return new NewActiveDestinationHealth(destination, DestinationHealth.Healthy);
        }

        updater.Note(destination, result);
        if (destination.Health.Active == DestinationHealth.Healthy && _failedOnce.TryAdd(destination, OneFailure))
            return new NewActiveDestinationHealth(destination, DestinationHealth.Healthy);
        return new NewActiveDestinationHealth(destination, DestinationHealth.Unhealthy);
    }
}
