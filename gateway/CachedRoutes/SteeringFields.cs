using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Gateway.CachedRoutes;

/// <summary>
/// Request fields that override the request's URL, host, scheme or method at many servers. They are no part of a cache key and
/// no <c>Vary</c> names them, so one client could have its own reply cached for everybody (cache poisoning). On a cached route they are not forwarded as the client sent them;
/// those that the route's own transforms set are.
/// </summary>
internal static class SteeringFields
{
    private static readonly string[] Families = ["X-Original-", "X-Rewrite-", "X-HTTP-", "X-Forwarded", "X-Override-", "X-Proxy-", "X-Request-UR"];

    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Forwarded", "X-Host", "X-Backend-Host", "X-Method-Override", "X-Scheme", "X-URL-Scheme", "X-Path-Info", "X-WAP-Profile", "Front-End-Https",
        "Base-URL", "Request-URI", "HTTP-URL", "Proxy-Host", "Proxy-URL", "Destination", "Redirect");

    /// <summary>Whether a field is one of these, with a value that the client sent.</summary>
    public static bool IsFromClient(IHeaderDictionary client, string name, string value) =>
        IsOne(name) && client.TryGetValue(name, out var sent) && HasValue(sent, value);

    private static bool IsOne(string name)
    {
        if (Names.Contains(name)) return true;
        foreach (var family in Families)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool HasValue(StringValues sent, string value)
    {
        foreach (var one in sent)
        {
            if (string.Equals(one, value, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
