using System.Buffers;
using Gateway.Caching;
using Gateway.Caching.Store;
using Gateway.Connections;
using Gateway.Connections.Sending;
using Gateway.Origin;

namespace Gateway.Responses;

/// <summary>Sends a cached or arriving body to a client's connection.</summary>
internal static class BodySender
{
    /// <summary>Copying less costs no more than a piece of its own.</summary>
    private const int LeastLent = 8 << 10;

    /// <summary>
    /// Bytes at hand go to the connection without a send of their own, up to a bound; a send for each block would cost more than
    /// a copy. They are lent where the connection takes that, else copied. A flush precedes every wait, so that no client waits for bytes that are there.
    /// </summary>
    /// <exception cref="BrokenBodyException">The body ended early.</exception>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public static async Task SendAsync(HttpContext context, CacheReply reply, MediaAnswer part, Transfer transfer, TimeProvider time)
    {
        var body = context.Response.BodyWriter;
        var connection = context.Features.Get<ClientConnection>();
        DeliveryControl.Begin(context, connection, transfer, time, out var meter, out var pace);
        var flusher = new ResponseFlusher(context, pace?.Piece ?? int.MaxValue);
        var output = OutputOf(context, connection);
        var leaving = context.RequestAborted;
        try
        {
            for (var position = part.Offset; position < part.End;)
            {
                var reading = reply.ReadAsync(position, leaving);
                if (!reading.IsCompleted)
                {
                    if (flusher.HasUnflushed) flusher.Ended(await flusher.FlushAsync(leaving));
                    meter?.Paused(held: false);
                    transfer.WaitsSince = time.GetTimestamp();
                }

                var bytes = await reading;
                if (transfer.WaitsSince != 0) EndWait(transfer, time);
                if (bytes.IsEmpty)
                {
                    // Without a declared length, this is the end; with one, the response would be short.
                    if (part.IsOpenEnded) break;
                    throw new BrokenBodyException(OriginFailure.Protocol);
                }

                if (bytes.Length > part.End - position) bytes = bytes[..(int)(part.End - position)];
                if (transfer.FirstByte is null)
                {
                    transfer.FirstByte = time.GetElapsedTime(transfer.Started);
                    // With the head in the connection's buffer, the bytes go there at once; Kestrel would collect them before the head and copy them a second time.
                    await context.Response.StartAsync(leaving);
                }

                if (output is null || bytes.Length < LeastLent || !reply.TryLend(out var lease) || !output.TryLend(body, bytes, lease)) body.Write(bytes.Span);
                position += bytes.Length;
                transfer.Bytes += bytes.Length;
                if (!flusher.IsDue) continue;
                var flushing = flusher.FlushAsync(leaving);
                var waits = !flushing.IsCompleted;
                flusher.Ended(await flushing);
                if (waits) meter?.Waited(transfer.Bytes);
                if (pace is not null && pace.WaitFor(transfer.Bytes) is var wait && wait > TimeSpan.Zero)
                {
                    meter?.Paused(held: true);
                    await Task.Delay(wait, time, leaving);
                }
            }

            flusher.Ended(await flusher.FlushAsync(leaving));
            meter?.Ended();
            // In a method of its own: nearly all connections stay open.
            if (transfer.Listener is not null && transfer.Path == ClientPath.Direct && Closes(context)) await DrainAsync(context, time, leaving);
        }
        finally
        {
            flusher.Dispose();
        }
    }

    /// <summary>Sends a body that is there as a whole: lent where the connection takes that and it is worth it, else copied.</summary>
    /// <param name="context">The request; length and other fields are set.</param>
    /// <param name="bytes">The body.</param>
    /// <param name="lease">For these bytes alone; released in any case, at the latest when they are sent or the connection is gone. Until this has ended the caller holds them too.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public static async ValueTask SendWholeAsync(HttpContext context, ReadOnlyMemory<byte> bytes, ByteLease lease)
    {
        var leaving = context.RequestAborted;
        var flusher = new ResponseFlusher(context);
        try
        {
            var output = bytes.Length < LeastLent ? null : OutputOf(context, context.Features.Get<ClientConnection>());
            if (output is null)
            {
                lease.Release();
                flusher.Ended(await flusher.WriteAsync(bytes, leaving));
                return;
            }

            try
            {
                // The head goes to the connection first: see above.
                await context.Response.StartAsync(leaving);
            }
            catch
            {
                lease.Release();
                throw;
            }

            var body = context.Response.BodyWriter;
            if (!output.TryLend(body, bytes, lease)) body.Write(bytes.Span);
            flusher.Ended(await flusher.FlushAsync(leaving));
        }
        finally
        {
            flusher.Dispose();
        }
    }

    /// <summary>The connection's output, where it may be offered bytes: HTTP/2 has frames of its own around them, and a body without a length chunks.</summary>
    private static ConnectionOutput? OutputOf(HttpContext context, ClientConnection? connection) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && context.Response.ContentLength is not null ? connection?.Output : null;

    private static void EndWait(Transfer transfer, TimeProvider time)
    {
        transfer.Waited += time.GetElapsedTime(transfer.WaitsSince);
        transfer.WaitsSince = 0;
        if (transfer.FirstByte is null) transfer.WaitedFirst = transfer.Waited;
    }

    private static bool Closes(HttpContext context) => context.Request.Headers.Connection is [{ } one] && one.Equals("close", StringComparison.OrdinalIgnoreCase);

    private static ValueTask DrainAsync(HttpContext context, TimeProvider time, CancellationToken leaving) =>
        context.Features.Get<ClientConnection>() is { } connection ? connection.DrainAsync(time, leaving) : default;
}
