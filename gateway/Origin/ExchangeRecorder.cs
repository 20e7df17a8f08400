using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Records exchanges: in flight for load balancing, ended for metrics and for the health of the destination.</summary>
internal sealed class ExchangeRecorder(OriginMetrics metrics, PassiveHealth health, DestinationCircuits circuits, DestinationTrust trust, FirstByteTimes firstBytes, TimeProvider time)
{
    public long Now => time.GetTimestamp();

    public void Open(DestinationState destination)
    {
        InFlight.Enter(destination);
        trust.Asked(destination);
    }

    public void Answered(Exchange exchange)
    {
        var firstByte = time.GetElapsedTime(exchange.Started);
        if (!PeerCluster.Is(exchange.Cluster!.ClusterId)) metrics.Answered(exchange.Purpose, firstByte);
        trust.Answered(exchange.Destination!);
        if (!exchange.IsHeld) firstBytes.Add(exchange.Cluster!.ClusterId, firstByte);
    }

    public void Close(Exchange exchange)
    {
        var (cluster, destination) = (exchange.Cluster!, exchange.Destination!);
        InFlight.Leave(destination);
        if (!PeerCluster.Is(cluster.ClusterId)) metrics.Ended(exchange.Purpose, exchange.Outcome, time.GetElapsedTime(exchange.Started));
        Judge(exchange, destination);
        if (exchange.WasLeft) return;
        var broke = exchange.Outcome is ExchangeOutcome.Cut or ExchangeOutcome.TooSlow;
        if (broke) circuits.BodyBroke(cluster, destination, exchange.Title);
        // An open circuit has set the health in YARP; a policy that counts transport errors only would overrule it with the next 503.
        if (circuits.IsOpen(destination)) return;
        // One title that fails again and again must not fill YARP's history, which knows no titles.
        if ((broke || exchange.Evidence is ExchangeEvidence.Failed or ExchangeEvidence.Broken) && !circuits.TryReport(cluster, destination, exchange.Title)) return;
        health.Report(cluster, destination, exchange.Outcome);
    }

    private void Judge(Exchange exchange, DestinationState destination)
    {
        if (exchange.Evidence == ExchangeEvidence.NoConnection || (exchange.Failure == OriginFailure.TimedOut && !exchange.IsHeld)) trust.Failed(destination);
        else if (exchange.Failure == OriginFailure.Unreachable || exchange.WasLeft) trust.Late(destination);
    }
}
