using Yarp.ReverseProxy.Configuration;

namespace Gateway.Origin;

/// <summary>The gateway's own metadata on the operator's routes. An invalid value is refused: a route that is not cached although its metadata asks for it would go unnoticed.</summary>
internal static class RouteCheck
{
    /// <summary>Whether the cache stands before the route: <c>true</c> or <c>false</c>.</summary>
    public const string Cache = "Gateway.Cache";

    /// <summary>
    /// Whether a response that upstream lets a shared cache store is stored with the cookies that it sets, for everybody: <c>true</c> or <c>false</c>. Only for impersonal cookies,
    /// as of an experiment or a load balancer.
    /// </summary>
    public const string SharedCookies = "Gateway.Cache.SharedCookies";

    private static readonly string[] Known = [Cache, SharedCookies];

    public static bool IsCached(RouteConfig route) => IsTrue(route, Cache);

    public static bool SharesCookies(RouteConfig route) => IsTrue(route, SharedCookies);

    /// <exception cref="NotSupportedException">A metadata value is invalid.</exception>
    public static void Refuse(RouteConfig route)
    {
        foreach (var key in Known)
        {
            if (route.Metadata is not { } metadata || !metadata.TryGetValue(key, out var value) || bool.TryParse(value, out _)) continue;
            throw new NotSupportedException($"{OriginRegistration.ProxySection}:Routes:{route.RouteId}:Metadata:{key}: '{value}' is neither true nor false.");
        }
    }

    private static bool IsTrue(RouteConfig route, string key) =>
        route.Metadata is { } metadata && metadata.TryGetValue(key, out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
