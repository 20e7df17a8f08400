using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>
/// Reads a reply's body into a <see cref="MediaBody"/> to its end: straight into the blocks, without a copy, waking readers as bytes land. Only upstream and
/// the window of a body that is not stored hold it up.
/// </summary>
/// <param name="declared">Length that the body must have; null when upstream declared none.</param>
/// <param name="outgrown">Called once when a body that was to be stored turned out not to fit.</param>
/// <param name="begun">Called when the first bytes are in and more are to come, and whenever upstream lets the pump wait; may be called again.</param>
internal sealed partial class BodyPump(CacheParts parts, CacheRequest request, MediaBody body, OriginReply reply, long? declared, Action outgrown, Action begun)
{
    /// <summary>Completes the body; false when it was given up before.</summary>
    /// <exception cref="OriginBrokenException">The body is shorter or longer than its declared length.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    public async Task<bool> TryRunAsync(CancellationToken cancellation)
    {
        var isFirst = true;
        while (body.Available != declared)
        {
            var space = body.Space(out var isOutgrown);
            if (isOutgrown) outgrown();
            if (space.IsEmpty)
            {
                await WaitForSpaceAsync(cancellation);
                continue;
            }

            var reading = reply.ReadAsync(space, cancellation);
            if (isFirst && !reading.IsCompleted) begun();
            var read = await reading;
            if (read == 0) break;
            if (body.Available + read > declared) throw new OriginBrokenException(OriginFailure.Protocol, "The body is longer than its declared length.");
            // Of a body that came in one piece the fetch is over before its starter goes on, and leaves.
            if (body.Available + read == declared) return body.TryComplete(read);
            body.Land(read);
            if (isFirst) begun();
            isFirst = false;
        }

        if (declared is { } length && body.Available != length)
            throw new OriginBrokenException(OriginFailure.Unreachable, "The body is shorter than its declared length.");
        return body.TryComplete();
    }

    /// <summary>
    /// Reads the end of the stream, without which the connection upstream is not free for the next request. The body is complete by now, so an error here is ignored.
    /// False when there are more bytes: then the declared length was wrong, and the body is not to be trusted.
    /// </summary>
    public async Task<bool> EndsAsync(CancellationToken cancellation)
    {
        try
        {
            var reading = reply.ReadAsync(new byte[1], cancellation);
            if (!reading.IsCompleted) begun();
            return await reading == 0;
        }
        catch (Exception e) when (e is OriginBrokenException or OperationCanceledException)
        {
            return true;
        }
    }

    private async Task WaitForSpaceAsync(CancellationToken cancellation)
    {
        var most = parts.Options.StalledReader;
        var began = parts.Clock.GetTimestamp();
        try
        {
            await body.SpaceAsync().WaitAsync(body.PatienceWithSlowest(most), parts.Clock, cancellation);
        }
        catch (TimeoutException)
        {
            // No reader moved in that time.
        }

        var cut = body.ChargeSlowest(parts.Clock.GetElapsedTime(began), most);
        if (cut > 0) Log.ReadersCut(parts.Log, request.Address, cut);
    }

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Debug, "{Readers} slow readers of '{Address}' were cut: they held up the others.", EventName = nameof(ReadersCut))]
        public static partial void ReadersCut(ILogger log, MediaAddress address, int readers);
    }
}
