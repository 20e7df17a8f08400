using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Records exchanges: in flight for load balancing, ended for metrics and for the health of the destination.</summary>
internal sealed class ExchangeRecorder(OriginMetrics metrics, PassiveHealth health, DestinationCircuits circuits, FirstByteTimes firstBytes, TimeProvider time)
{
    public long Now => time.GetTimestamp();

#pragma warning disable CA1822 // The pair of Close; that it needs no state is an accident.
    public void Open(DestinationState destination) => InFlight.Enter(destination);
#pragma warning restore CA1822

    public void Answered(Exchange exchange)
    {
        var firstByte = time.GetElapsedTime(exchange.Started);
        metrics.Answered(exchange.Purpose, firstByte);
        firstBytes.Add(exchange.Cluster!.ClusterId, firstByte);
    }

    public void Close(Exchange exchange)
    {
        var (cluster, destination) = (exchange.Cluster!, exchange.Destination!);
        InFlight.Leave(destination);
        metrics.Ended(exchange.Purpose, exchange.Outcome, time.GetElapsedTime(exchange.Started));
        var broke = exchange.Outcome is ExchangeOutcome.Cut or ExchangeOutcome.TooSlow;
        if (broke) circuits.BodyBroke(cluster, destination, exchange.Title);
        // An open circuit has set the health in YARP; a policy that counts transport errors only would overrule it with the next 503.
        if (circuits.IsOpen(destination)) return;
        // One title that fails again and again must not fill YARP's history, which knows no titles.
        if ((broke || exchange.Evidence == ExchangeEvidence.Failed) && !circuits.TryReport(cluster, destination, exchange.Title)) return;
        health.Report(cluster, destination, exchange.Outcome);
    }
}
