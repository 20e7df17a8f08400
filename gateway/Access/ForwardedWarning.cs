using System.Net;

namespace Gateway.Access;

/// <summary>
/// Warns once that a peer other than a trusted proxy sends <c>X-Forwarded-For</c>: usually the operator's own balancer that the configuration does not name, and then all clients
/// share its address, its limits and its place in the log.
/// </summary>
internal sealed partial class ForwardedWarning(AccessOptions options, ILogger<ForwardedWarning> log)
{
    private readonly List<IPNetwork> _trusted = Networks(options.TrustedProxies);
    private int _told;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Volatile.Read(ref _told) == 0) Look(context);
        return next(context);
    }

    private void Look(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded")) return;
        if (context.Connection.RemoteIpAddress is not { } peer || IsTrusted(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer)) return;
        if (Interlocked.Exchange(ref _told, 1) == 0) LogUntrusted(peer);
    }

    private bool IsTrusted(IPAddress peer)
    {
        foreach (var network in _trusted)
        {
            if (network.Contains(peer)) return true;
        }

        return false;
    }

    private static List<IPNetwork> Networks(string[] proxies)
    {
        var networks = new List<IPNetwork>();
        foreach (var proxy in proxies)
        {
            if (TrustedProxies.TryParse(proxy, out var network)) networks.Add(network);
        }

        return networks;
    }

    // Next free id: 46.
    [LoggerMessage(45, LogLevel.Warning, "Forwarding headers of '{Peer}' are ignored: it is not in 'Gateway:Access:TrustedProxies'. If it is your balancer, add it there, else all its clients count as one. Logged once")]
    private partial void LogUntrusted(IPAddress peer);
}
