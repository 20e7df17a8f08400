using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Segments;

internal static class SegmentsRegistration
{
    /// <summary>Adds the segment handler.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services)
    {
        services.TryAddSingleton<SegmentMetrics>();
        services.TryAddSingleton<SegmentTelemetry>();
        services.TryAddSingleton<SegmentAdaptation>();
        services.TryAddSingleton<SegmentHandler>();
        return services;
    }
}
