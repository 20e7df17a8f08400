using Gateway.Connections;

namespace Gateway.Responses;

/// <summary>
/// Has a body measured and, where wanted, held to a rate, by the best means at hand: over HTTP/1.1 on a direct connection the kernel counts and paces; on a direct HTTP/2 connection it counts, and the writer paces, because
/// other streams share the connection; everywhere else the writer does both. Behind a proxy that buffers nothing is measured.
/// </summary>
internal static class DeliveryControl
{
    /// <summary>Begins a body. Nothing is done for a transfer that has neither a listener nor a pace, except that the connection forgets what it did for the one before.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="connection">Its connection; null for one that is not watched.</param>
    /// <param name="transfer">What is wanted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meter">What the writer has to tell its waits; null for none.</param>
    /// <param name="pace">What the writer has to ask before it goes on; null for none.</param>
    public static void Begin(HttpContext context, ClientConnection? connection, Transfer transfer, TimeProvider time, out BackpressureMeter? meter, out BodyPace? pace)
    {
        meter = null;
        pace = null;
        var delivery = connection?.Delivery;
        var isDirect = transfer.Path == ClientPath.Direct && delivery is not null;
        var isAlone = HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol);
        delivery?.Begin(isDirect ? transfer.Listener : null);
        if (isAlone && delivery is not null)
        {
            if (!delivery.TryPace(isDirect ? transfer.PaceBytesPerSecond : 0)) isDirect = false;
        }

        if (transfer.Listener is { } listener && delivery is null && transfer.Path != ClientPath.Buffered) meter = new BackpressureMeter(listener, time);
        else if (transfer.Listener is { } streamed && transfer.Path == ClientPath.Streamed) meter = new BackpressureMeter(streamed, time);
        if (transfer.PaceBytesPerSecond > 0 && !(isAlone && isDirect)) pace = new BodyPace(transfer.PaceBytesPerSecond, time);
    }
}
