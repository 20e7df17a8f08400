using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Gateway.Access;

/// <summary>
/// The client's address behind balancers: <c>X-Forwarded-For</c> and <c>-Proto</c> are believed from the configured networks only, else anybody
/// could choose the address that limits, bindings and logs go by.
/// </summary>
internal static class TrustedProxies
{
    public static bool TryParse(string text, out System.Net.IPNetwork network) =>
        System.Net.IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : IPAddress.TryParse(text, out var ip) ? $"{ip}/{(ip.GetAddressBytes().Length * 8)}" : "", out network);

    public static ForwardedHeadersOptions OptionsFor(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
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
