using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Gateway.CachedRoutes;

/// <summary>
/// Request fields by which many servers let themselves be told another URL, host, scheme or method than the request has. They are no part of a cached object's identity and
/// no <c>Vary</c> names them, so one client could have its own answer kept for everybody. As the client sent them they do not go up on a cached route; what the route's own
/// transforms say stays.
/// </summary>
internal static class SteeringFields
{
    private static readonly string[] Families = ["X-Original-", "X-Rewrite-", "X-HTTP-", "X-Forwarded", "X-Override-", "X-Proxy-", "X-Request-UR"];

    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Forwarded", "X-Host", "X-Backend-Host", "X-Method-Override", "X-Scheme", "X-URL-Scheme", "X-Path-Info", "X-WAP-Profile", "Front-End-Https",
        "Base-URL", "Request-URI", "HTTP-URL", "Proxy-Host", "Proxy-URL", "Destination", "Redirect");

    /// <summary>Whether a field is such a one, and says what the client said.</summary>
    public static bool IsFromClient(IHeaderDictionary client, string name, string value) =>
        IsOne(name) && client.TryGetValue(name, out var sent) && Says(sent, value);

    private static bool IsOne(string name)
    {
        if (Names.Contains(name)) return true;
        foreach (var family in Families)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool Says(StringValues sent, string value)
    {
        foreach (var one in sent)
        {
            if (string.Equals(one, value, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
