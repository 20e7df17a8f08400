using System.Net;

namespace Gateway.Load.Links;

/// <summary>
/// A player's requests over sockets in real time, as fast as the machine is or no faster than a shaped link. Moments are taken where bytes arrive, not where the loop hears of
/// them, so a loop that is busy does not make the network look slow.
/// </summary>
/// <remarks>
/// Connections are shared by all players of a run, as they are behind a proxy or with HTTP/2: what a connection of its own costs a viewer is the link's affair, and thousands
/// of idle ones would be measured instead of the system. A request that is given up closes its connection.
/// </remarks>
/// <param name="loop">Hears of everything.</param>
/// <param name="invoker">Sends; see <see cref="NewInvoker"/>.</param>
/// <param name="link">The player's line; null = as fast as the machine.</param>
internal sealed class HttpTransport(EventLoop loop, HttpMessageInvoker invoker, RealTimeBottleneck? link) : ITransport
{
    internal EventLoop Loop => loop;

    internal HttpMessageInvoker Invoker => invoker;

    internal RealTimeBottleneck? Link => link;

    /// <summary>What all transports of a run share.</summary>
    public static HttpMessageInvoker NewInvoker() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        // A server that is gone holds nobody up: what has begun is told by its own patience.
        ResponseDrainTimeout = TimeSpan.Zero,
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null,
    });

    public Transfer Send(in TransferRequest request, ITransferListener listener, int tag)
    {
        var transfer = new HttpTransfer(this, request, listener, tag);
        transfer.Begin();
        return transfer;
    }
}
