using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Origin;

/// <summary>YARP's HTTP clients with the gateway's time limits. Redirects, cookies, decompression and proxies stay off, as in YARP.</summary>
internal sealed class OriginClientFactory(OriginOptions options, ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = options.ConnectTimeout;
        handler.PooledConnectionLifetime = options.ConnectionLifetime;
        // An abandoned body (a refused HEAD, a client gone) is worth draining only when the rest is small.
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(250);
        // A segment at 100 Mbit/s over 50 ms fills 640 KB; the default of 64 KB grows only slowly.
        handler.InitialHttp2StreamWindowSize = 1 << 20;
    }
}
