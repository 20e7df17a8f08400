using Gateway.Media;
using Gateway.Problems;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Forwards requests that are not cached (other methods than GET and HEAD): they go through YARP's forwarder as they are, to a
/// destination chosen as for every fetch, without the caller's credentials. There are no retries: a body is sent once.
/// </summary>
internal sealed class OriginForward(
    IProxyStateLookup clusters,
    DestinationChoice choice,
    PassiveHealth health,
    IHttpForwarder forwarder,
    ForwardTransform transform,
    OriginOptions options)
{
    /// <summary>Answers the request, with a problem document when upstream gives no response.</summary>
    public async Task ForwardAsync(HttpContext context, MediaAddress address)
    {
        if (!WirePath.TryClean(address, out var clean))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.PathRefused);
            return;
        }

        if (!clusters.TryGetCluster(address.Cluster, out var cluster) || choice.Pick(cluster, clean, ([], []), out _) is not { } destination)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.OriginUnavailable);
            return;
        }

        var error = await SendAsync(context, clean, cluster, destination);
        health.Report(cluster, destination, OutcomeOf(error));
        if (ProblemOf(error) is not { } problem || context.Response.HasStarted) return;
        // YARP sets a status code without a body.
        context.Response.Clear();
        await ProblemDocument.WriteAsync(context, problem);
    }

    private async Task<ForwarderError> SendAsync(HttpContext context, MediaAddress address, ClusterState cluster, DestinationState destination)
    {
        var target = new ForwardTransform.Target(address, destination, cluster.ClusterId);
        context.Features.Set(target);
        // A cluster without a timeout of its own gets ours: YARP's 100 s would cut slow readers of long responses.
        var config = cluster.Model.Config.HttpRequest ?? ForwarderRequestConfig.Empty;
        if (config.ActivityTimeout is null) config = config with { ActivityTimeout = options.ForwardTimeout };
        InFlight.Enter(destination);
        try
        {
            var error = await forwarder.SendAsync(context, destination.Model.Config.Address, cluster.Model.HttpClient, config, transform);
            return target.IsUnsound ? ForwarderError.ResponseHeaders : error;
        }
        finally
        {
            InFlight.Leave(destination);
            context.Features.Set<IForwarderErrorFeature>(null);
        }
    }

    /// <summary>The problem for a forwarder error; null where the client has left or was served.</summary>
    private static ProblemCode? ProblemOf(ForwarderError error) => error switch
    {
        ForwarderError.Request => ProblemCode.OriginUnreachable,
        ForwarderError.RequestTimedOut => ProblemCode.OriginTimeout,
        ForwarderError.NoAvailableDestinations => ProblemCode.OriginUnavailable,
        ForwarderError.RequestBodyClient => ProblemCode.InvalidRequest,
        ForwarderError.RequestBodyDestination or ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination => ProblemCode.OriginBroken,
        ForwarderError.RequestCreation => ProblemCode.InvalidRequest,
        _ => null,
    };

    private static ExchangeOutcome OutcomeOf(ForwarderError error) => error switch
    {
        ForwarderError.None => ExchangeOutcome.Ok,
        ForwarderError.Request => ExchangeOutcome.Unreachable,
        ForwarderError.RequestTimedOut => ExchangeOutcome.TimedOut,
        ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination or ForwarderError.ResponseHeaders => ExchangeOutcome.Cut,
        _ => ExchangeOutcome.Cancelled,
    };
}
