using Gateway.Media;

namespace Gateway.Origin;

/// <summary>
/// Fetches from upstream for the cache; the implementation of the delegate <see cref="FetchUpstream"/>.
/// A fetch takes these steps:
/// (1) the address is checked once more, whoever made it;
/// (2) a try picks a destination and sends, through that destination's circuit; where it is slow, a second one goes to another (<see cref="HedgedTry"/>);
/// (3) redirects to configured upstreams are followed, each hop picking a destination anew;
/// (4) a failed try is repeated where that is safe, from (2) and from the first address: a temporary redirect is not remembered;
/// (5) an origin that refuses HEAD gets a GET, whose body is not read;
/// (6) the reply is handed out: a head with a body that is read once, or the reason why there is none;
/// (7) a body that breaks is continued from where it broke, by the same steps (<see cref="BodyContinuation"/>).
/// </summary>
internal sealed partial class OriginFetch(
    DestinationSender sender,
    RetryPipeline pipeline,
    HedgedTry hedged,
    ContinuationParts continuations,
    Upstreams upstreams,
    OriginOptions options,
    TimeProvider time,
    ILogger<OriginFetch> logger)
{
    private Func<FetchAttempts, CancellationToken, ValueTask<Exchange>>? _once;
    private Func<FetchAttempts, CancellationToken, ValueTask<Exchange>>? _hedged;

    public async ValueTask<OriginReply> FetchAsync(OriginRequest request, CancellationToken cancellation)
    {
        // (1) The path goes into a request line as it is: an unchecked one could hold a second request.
        if (!WirePath.TryClean(request.Address, out var address)) return OriginReply.Failed(OriginFailure.BadAddress);
        if (request.Effort == FetchEffort.HeldElsewhere) return OriginReply.Failed(OriginFailure.CircuitOpen, tries: 0);
        var attempts = new FetchAttempts(request, address, options, time) { Method = request.HeadOnly ? HttpMethod.Head : HttpMethod.Get };
        var once = _hedged ??= TryHedgedAsync;
        var exchange = await pipeline.RunAsync(attempts, once, cancellation);
        if (request.HeadOnly && !request.Verbatim && exchange.Status is 405 or 501)
        {
            // (5)
            exchange.BodyEnded();
            exchange.Dispose();
            attempts.Method = HttpMethod.Get;
            exchange = await pipeline.RunAsync(attempts, once, cancellation);
        }

        return Reply(attempts, exchange);
    }

    private ValueTask<Exchange> TryHedgedAsync(FetchAttempts attempts, CancellationToken cancellation) => hedged.RunAsync(attempts, _once ??= TryOnceAsync, cancellation);

    private async ValueTask<Exchange> TryOnceAsync(FetchAttempts attempts, CancellationToken cancellation)
    {
        if (!attempts.TryBeginTry()) return Exchange.Failed(OriginFailure.Cancelled);
        var address = attempts.Address;
        string? url = null;
        for (var redirects = 0; ; redirects++)
        {
            var exchange = await sender.SendAsync(attempts, address, cancellation);
            exchange.Url = url ?? exchange.Url;
            if (attempts.Request.Verbatim || Redirection.TargetOf(exchange) is not { } location) return exchange;
            // (3)
            exchange.BodyEnded();
            exchange.Dispose();
            if (redirects >= options.MaxRedirects || !TryFollow(exchange, location, ref address, out url))
            {
                LogBadRedirect(logger, address.Cluster, redirects + 1);
                return Exchange.Failed(OriginFailure.BadRedirect);
            }
        }
    }

    private bool TryFollow(Exchange from, string location, ref MediaAddress address, out string? url)
    {
        if (!UrlReference.TryResolve(from.Url, location, out url)) return false;
        if (!upstreams.Current.TryLocate(url, address.Cluster, out var next)) return false;
        // A redirect to the same address can only loop. Longer loops end at the limit.
        if (next == address) return false;
        if (!options.AllowDowngrade && from.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !sender.IsHttps(next.Cluster)) return false;
        address = next;
        return true;
    }

    private OriginReply Reply(FetchAttempts attempts, Exchange exchange)
    {
        if (!exchange.Answered)
        {
            exchange.Dispose();
            if (exchange.Failure != OriginFailure.Cancelled) LogGaveUp(logger, attempts.Address.Cluster, attempts.Tries, exchange.Failure!.Value);
            return OriginReply.Failed(exchange.Failure!.Value, attempts.Tries);
        }

        if (exchange.IsWorthRetrying) LogRefused(logger, attempts.Address.Cluster, attempts.Tries, exchange.Status);
        var head = ResponseHeads.Of(exchange.Response);
        var length = exchange.Response.Content.Headers.ContentLength;
        var bodiless = attempts.Request.HeadOnly || exchange.Status is 204 or 304 || length == 0;
        if (bodiless) exchange.BodyEnded();
        else if (options.Continuations > 0 && !attempts.Request.Verbatim && RepresentationPart.Of(head, length) is { } part)
        {
            // (7)
            var continuation = new BodyContinuation(continuations, attempts.Request, attempts.Address, part, _hedged!);
            var continued = new ContinuedBody(exchange, continuation.BodyOf(exchange, length), continuation);
            return new OriginReply(head, exchange.Url, length, continued) { Tries = attempts.Tries };
        }

        var idle = exchange.Cluster.Model.Config.HttpRequest?.ActivityTimeout ?? options.IdleTimeout;
        var body = bodiless ? Stream.Null : new OriginBody(exchange, exchange.Response.Content.ReadAsStream(), length, idle);
        return new OriginReply(head, exchange.Url, length, body, exchange) { Tries = attempts.Tries };
    }

    [LoggerMessage(1130, LogLevel.Warning, "'{Cluster}' redirected {Hops} times, in a loop or to a host that is not configured")]
    private static partial void LogBadRedirect(ILogger logger, string cluster, int hops);

    [LoggerMessage(1131, LogLevel.Warning, "Fetch from '{Cluster}' failed after {Tries} attempts: {Failure}")]
    private static partial void LogGaveUp(ILogger logger, string cluster, int tries, OriginFailure failure);

    [LoggerMessage(1132, LogLevel.Warning, "Fetch from '{Cluster}' failed after {Tries} attempts: status {Status}")]
    private static partial void LogRefused(ILogger logger, string cluster, int tries, int status);
}
