using System.Net.Sockets;
using Gateway.Media;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>Sends one request to one destination through the cluster's own client and classifies the outcome. Expected failures are values.</summary>
internal sealed partial class Exchanges(OriginOptions options, ExchangeRecorder recorder, DestinationQueues queues, TimeProvider time, ILogger<Exchanges> logger)
{
    /// <param name="request">The request; its address is not used.</param>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="hop">The address to request: the request's own, or where a redirect led.</param>
    /// <param name="target">Cluster and destination.</param>
    /// <param name="limit">Time to the head.</param>
    /// <param name="cancellation">The caller's cancellation; observed up to the head.</param>
    public async ValueTask<Exchange> StartAsync(
        OriginRequest request,
        HttpMethod method,
        MediaAddress hop,
        (ClusterState Cluster, DestinationState Destination) target,
        TimeSpan limit,
        CancellationToken cancellation)
    {
        try
        {
            await queues.EnterAsync(target.Destination, request, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Exchange.Failed(OriginFailure.Cancelled);
        }

        var limits = new CancellationTokenSource(limit, time);
        var exchange = new Exchange(request.Purpose, target.Cluster, target.Destination, limits, recorder)
        {
            Title = request.TitleAt(hop),
            IsHeld = request.FirstByteLimit is not null,
            Left = queues.Leave,
        };
        try
        {
            using var message = UpstreamMessage.Make(request, method, hop, target.Cluster, target.Destination, options.BearerKeys.GetValueOrDefault(hop.Cluster));
            exchange.Url = message.RequestUri!.OriginalString;
            HttpResponseMessage response;
            using (cancellation.UnsafeRegister(static limits => ((CancellationTokenSource)limits!).Cancel(), limits))
                response = await target.Cluster.Model.HttpClient.SendAsync(message, limits.Token);
            limits.CancelAfter(Timeout.InfiniteTimeSpan);
            if ((int)response.StatusCode < 200 || !MessageFraming.IsSound(response))
            {
                // No request asks to switch protocols, no other status below 200 is final, and a response without a certain end is broken.
                exchange.Fail(OriginFailure.Protocol);
                LogFailed(logger, hop.Cluster, target.Destination.DestinationId, OriginFailure.Protocol, response.StatusCode.ToString());
                response.Dispose();
            }
            else
            {
                exchange.Answer(response, UpstreamMessage.RetryAfterOf(response, time.GetUtcNow()));
                LogAnswered(logger, exchange.Status, hop.Cluster, target.Destination.DestinationId);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            exchange.Fail(OriginFailure.Cancelled);
        }
        catch (OperationCanceledException e)
        {
            // HttpClient's own limit on connecting arrives as a cancellation too, but not as one of our source.
            var failure = limits.IsCancellationRequested ? OriginFailure.TimedOut : OriginFailure.Unreachable;
            exchange.Fail(failure, wasConnected: failure == OriginFailure.TimedOut);
            LogFailed(logger, hop.Cluster, target.Destination.DestinationId, failure, e.InnerException?.Message ?? e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            var failure = FailureOf(e);
            exchange.Fail(failure, wasConnected: !IsConnectError(e));
            LogFailed(logger, hop.Cluster, target.Destination.DestinationId, failure, e.InnerException?.Message ?? e.Message);
        }

        if (!exchange.Answered) exchange.Dispose();
        return exchange;
    }

    /// <summary>Whether a failure concerns the destination and not the resource.</summary>
    private static bool IsConnectError(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    private static OriginFailure FailureOf(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError
            or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.ExtendedConnectNotSupported,
    }
        ? OriginFailure.Protocol
        : OriginFailure.Unreachable;

    [LoggerMessage(1110, LogLevel.Debug, "Upstream answered {Status} from '{Cluster}/{Destination}'")]
    private static partial void LogAnswered(ILogger logger, int status, string cluster, string destination);

    [LoggerMessage(1111, LogLevel.Warning, "No response from '{Cluster}/{Destination}': {Failure} ({Cause})")]
    private static partial void LogFailed(ILogger logger, string cluster, string destination, OriginFailure failure, string cause);
}
