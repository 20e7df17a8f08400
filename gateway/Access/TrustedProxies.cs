using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;

namespace Gateway.Access;

/// <summary>
/// The client's address behind balancers, and the scheme, host and path prefix under which it knows the gateway: <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and
/// <c>-Prefix</c> are believed from the configured networks only, else anybody could choose the address that limits, bindings and logs go by.
/// </summary>
internal static class TrustedProxies
{
    public static bool TryParse(string text, out System.Net.IPNetwork network) =>
        System.Net.IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : IPAddress.TryParse(text, out var ip) ? $"{ip}/{(ip.GetAddressBytes().Length * 8)}" : "", out network);

    /// <summary>
    /// Over HTTP/2 a balancer that ends TLS tells the client's scheme in the request itself, and Kestrel accepts that from everybody or nobody. A peer that is no trusted proxy has
    /// the scheme of its connection.
    /// </summary>
    public static void KeepSchemeOfStrangers(HttpContext context, IList<System.Net.IPNetwork> trusted)
    {
        if (!context.Request.IsHttps || context.Features.Get<ITlsConnectionFeature>() is not null) return;
        if (context.Connection.RemoteIpAddress is not { } address) return;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in trusted)
        {
            if (network.Contains(plain)) return;
        }

        context.Request.Scheme = "http";
    }

    /// <summary>A prefix stands before paths that begin with a slash; one that begins with two would make a host of what follows (RFC 3986 §4.2).</summary>
    public static void TidyPrefix(HttpRequest request)
    {
        if (request.PathBase.Value is not { Length: > 0 } prefix) return;
        if (prefix.Contains("//", StringComparison.Ordinal) || prefix.Contains('\\', StringComparison.Ordinal)) request.PathBase = default;
        else if (prefix[^1] == '/') request.PathBase = prefix[..^1];
    }

    /// <summary>A balancer that sets the client's address alone lets through what the client says of its scheme, and that begins URLs.</summary>
    public static void TidyScheme(HttpContext context)
    {
        var scheme = context.Request.Scheme;
        if (scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase)) return;
        context.Request.Scheme = context.Features.Get<ITlsConnectionFeature>() is null ? "http" : "https";
    }

    public static ForwardedHeadersOptions OptionsFor(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix,
            // As many hops as there are trusted ones; the first untrusted address ends the walk anyway.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (TryParse(proxy, out var network)) options.KnownIPNetworks.Add(network);
        }

        return options;
    }
}
