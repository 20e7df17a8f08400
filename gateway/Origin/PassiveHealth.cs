using System.Collections.Frozen;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Reports to YARP's passive health policy how an exchange ended, as YARP's own middleware does after it has forwarded a request: one history
/// for each destination, for fetched and forwarded requests alike.
/// </summary>
internal sealed class PassiveHealth(IEnumerable<IPassiveHealthCheckPolicy> policies)
{
    private readonly FrozenDictionary<string, IPassiveHealthCheckPolicy> _policies = policies.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    public void Report(ClusterState cluster, DestinationState destination, ExchangeOutcome outcome)
    {
        if (cluster.Model.Config.HealthCheck?.Passive is not { Enabled: true } passive) return;
        // A client's disconnect tells nothing about the destination.
        if (outcome is ExchangeOutcome.Cancelled) return;
        // Policies read the outcome from the features of a request. A fetch has no HttpContext of its own, so they get an empty one.
        var context = new DefaultHttpContext();
        if (ErrorOf(outcome) is { } error) context.Features.Set<IForwarderErrorFeature>(new ReportedError(error));
        _policies[passive.Policy ?? HealthCheckConstants.PassivePolicy.TransportFailureRate].RequestProxied(context, cluster, destination);
    }

    private static ForwarderError? ErrorOf(ExchangeOutcome outcome) => outcome switch
    {
        ExchangeOutcome.Unreachable or ExchangeOutcome.Protocol => ForwarderError.Request,
        ExchangeOutcome.TimedOut => ForwarderError.RequestTimedOut,
        ExchangeOutcome.TooSlow or ExchangeOutcome.Cut => ForwarderError.ResponseBodyDestination,
        _ => null,
    };

    private sealed class ReportedError(ForwarderError error) : IForwarderErrorFeature
    {
        public ForwarderError Error => error;

        public Exception? Exception => null;
    }
}
