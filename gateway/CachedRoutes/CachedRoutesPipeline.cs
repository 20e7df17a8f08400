namespace Gateway.CachedRoutes;

internal static class CachedRoutesPipeline
{
    /// <summary>Stands before YARP's own steps: a hit needs neither a destination nor its affinity.</summary>
    public static void UseCachedRoutes(this IReverseProxyApplicationBuilder proxy) => proxy.UseMiddleware<CachedRoute>();
}
