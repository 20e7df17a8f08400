using Yarp.ReverseProxy.Configuration;

namespace Gateway.Origin;

/// <summary>The gateway's own metadata on the operator's routes. A value that is none is refused: a route that is not cached although it says so would go unnoticed.</summary>
internal static class RouteCheck
{
    /// <summary>Whether the cache stands before the route: <c>true</c> or <c>false</c>.</summary>
    public const string Cache = "Gateway.Cache";

    public static bool IsCached(RouteConfig route) =>
        route.Metadata is { } metadata && metadata.TryGetValue(Cache, out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="NotSupportedException">The metadata makes no sense.</exception>
    public static void Refuse(RouteConfig route)
    {
        if (route.Metadata is not { } metadata || !metadata.TryGetValue(Cache, out var value) || bool.TryParse(value, out _)) return;
        throw new NotSupportedException($"{OriginRegistration.ProxySection}:Routes:{route.RouteId}:Metadata:{Cache}: '{value}' is neither true nor false.");
    }
}
