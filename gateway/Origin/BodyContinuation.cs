using System.Runtime.InteropServices;
using Gateway.Media;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Fetches the rest of a body that broke: by Range, bound to the representation by If-Range, at another destination if there is one, with the retries and limits of any fetch. An answer
/// that is not provably of the same representation is dropped, and the next request avoids its destination.
/// </summary>
/// <remarks>
/// The number of continuations of one body is bounded by <see cref="OriginOptions.Continuations"/>; the silence after which a body counts as stuck doubles with each, up to the ordinary
/// limit: an origin that is slow everywhere is not asked again and again.
/// </remarks>
internal sealed partial class BodyContinuation(
    ContinuationParts parts, OriginRequest request, MediaAddress address, RepresentationPart part, Func<FetchAttempts, CancellationToken, ValueTask<Exchange>> once)
{
    private int _used;

    public RepresentationPart Part => part;

    /// <summary>How long the present body may be silent before the rest is requested elsewhere.</summary>
    /// <param name="idle">The ordinary limit, after which the body is over.</param>
    public TimeSpan Silence(TimeSpan idle)
    {
        if (_used >= parts.Options.Continuations) return idle;
        var silence = parts.Options.StallTimeout * (1 << _used);
        return silence < idle ? silence : idle;
    }

    /// <summary>The rest; null when there is none to be had, or nobody wants it any more.</summary>
    /// <param name="broken">The exchange whose body broke; disposed.</param>
    /// <param name="position">Bytes that are in.</param>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public async ValueTask<Rest?> OpenAsync(Exchange broken, long position, OriginFailure failure, CancellationToken leaving)
    {
        var (cluster, avoided) = (broken.Cluster!.ClusterId, broken.Destination!);
        while (_used < parts.Options.Continuations && request.GivesUp?.Invoke() != true)
        {
            _used++;
            var exchange = await AskAsync(avoided, position, leaving);
            if (!exchange.Answered || leaving.IsCancellationRequested)
            {
                exchange.Dispose();
                leaving.ThrowIfCancellationRequested();
                break;
            }

            if (await TryTakeAsync(exchange, position, leaving) is { } rest)
            {
                parts.Metrics.Continued(request.Purpose, ContinuationOutcome.Continued);
                LogContinued(parts.Log, cluster, broken.Destination!.DestinationId, failure, position, exchange.Destination.DestinationId);
                return rest;
            }

            parts.Metrics.Continued(request.Purpose, ContinuationOutcome.Other);
            LogOther(parts.Log, cluster, exchange.Destination.DestinationId, exchange.Status, position);
            // The representation may still stand where it came from.
            avoided = exchange.Destination;
        }

        parts.Metrics.Continued(request.Purpose, ContinuationOutcome.GivenUp);
        return null;
    }

    private ValueTask<Exchange> AskAsync(DestinationState avoided, long position, CancellationToken leaving)
    {
        var attempts = new FetchAttempts(request.ForRest(part.RestFrom(position), part.Validator), address, parts.Options, parts.Time);
        attempts.Asks(avoided);
        return parts.Pipeline.RunAsync(attempts, once, leaving);
    }

    private async ValueTask<Rest?> TryTakeAsync(Exchange exchange, long position, CancellationToken leaving)
    {
        var length = exchange.Response!.Content.Headers.ContentLength;
        var verdict = part.Judge(ResponseHeads.Of(exchange.Response), length, position, out var rest);
        if (verdict == ContinuationVerdict.Other)
        {
            // What it would have sent is not wanted; that tells nothing against the destination.
            exchange.BodyEnded();
            exchange.Dispose();
            return null;
        }

        var body = BodyOf(exchange, length);
        if (verdict == ContinuationVerdict.Rest || await TrySkipAsync(body, part.First + position, leaving)) return new Rest(exchange, body, rest);
        await body.DisposeAsync();
        exchange.Dispose();
        return null;
    }

    /// <summary>The body of an exchange of this fetch, which is left early when it is silent for too long.</summary>
    public OriginBody BodyOf(Exchange exchange, long? length)
    {
        var idle = exchange.Cluster!.Model.Config.HttpRequest?.ActivityTimeout ?? parts.Options.IdleTimeout;
        return new OriginBody(exchange, exchange.Response!.Content.ReadAsStream(), length, Silence(idle), isFinal: Silence(idle) == idle);
    }

    private static async ValueTask<bool> TrySkipAsync(OriginBody body, long bytes, CancellationToken leaving)
    {
        var dropped = new byte[(int)Math.Min(bytes, 64 << 10)];
        try
        {
            while (bytes > 0)
            {
                var read = await body.ReadAsync(dropped.AsMemory(0, (int)Math.Min(bytes, dropped.Length)), leaving);
                if (read == 0) return false;
                bytes -= read;
            }

            return true;
        }
        catch (OriginBrokenException)
        {
            return false;
        }
    }

    [LoggerMessage(1140, LogLevel.Information, "A body from '{Cluster}/{Destination}' broke ({Failure}) after {Bytes} bytes and is continued from '{Next}'")]
    private static partial void LogContinued(ILogger logger, string cluster, string destination, OriginFailure failure, long bytes, string next);

    [LoggerMessage(1141, LogLevel.Information, "'{Cluster}/{Destination}' answered {Status}, which does not continue a body that broke after {Bytes} bytes")]
    private static partial void LogOther(ILogger logger, string cluster, string destination, int status, long bytes);

    /// <param name="Bytes">Bytes to come.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Rest(Exchange Exchange, OriginBody Body, long Bytes);
}
