using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Segments;

internal static class SegmentsRegistration
{
    /// <summary>The media room.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services)
    {
        services.TryAddSingleton<SegmentMetrics>();
        services.TryAddSingleton<SegmentTelemetry>();
        services.TryAddSingleton<SegmentHandler>();
        return services;
    }
}
