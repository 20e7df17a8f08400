using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Gateway.Telemetry;

/// <summary>
/// Which instruments are collected, and in which buckets the gateway's histograms count.
/// </summary>
/// <remarks>
/// Listeners receive every meter of the process. Where two gateways share one (two nodes in a test, the local demo) each must count only its
/// own, so an instrument that another container's factory made is dropped; instruments that belong to no container (runtime) are kept.
/// </remarks>
internal sealed class MetricViews(IMeterFactory own, IOptions<TelemetryOptions> options)
{
    /// <summary>Half a millisecond is a cache hit, ten seconds an origin's timeout, thirty a fetch that survived its retries.</summary>
    public static readonly double[] Durations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Dense where start-ups are judged: 1.2 s for the median, 2.5 s for the 95th percentile; 15 s is the players' own limit.</summary>
    public static readonly double[] Startups = [0.1, 0.25, 0.5, 0.75, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 30];

    /// <summary>From a poor mobile link to UHD; in kilobits a second.</summary>
    public static readonly double[] Bitrates = [100, 250, 500, 800, 1200, 1800, 2500, 3500, 5000, 8000, 12000, 20000, 35000, 50000, 100000];

    private static readonly ExplicitBucketHistogramConfiguration DurationView = new() { Boundaries = Durations };
    private static readonly ExplicitBucketHistogramConfiguration StartupView = new() { Boundaries = Startups };
    private static readonly ExplicitBucketHistogramConfiguration BitrateView = new() { Boundaries = Bitrates };

    /// <summary>The stream for an instrument; null leaves it as it is.</summary>
    public MetricStreamConfiguration? Of(Instrument instrument)
    {
        // An instrument whose every stream is dropped is not listened to: measuring it costs one check.
        if (!options.Value.Metrics) return MetricStreamConfiguration.Drop;
        if (instrument.Meter.Scope is IMeterFactory factory && !ReferenceEquals(factory, own)) return MetricStreamConfiguration.Drop;
        if (!instrument.Meter.Name.StartsWith("Gateway.", StringComparison.Ordinal) || !IsHistogram(instrument)) return null;
        if (instrument.Name.Contains("startup", StringComparison.Ordinal)) return StartupView;
        if (instrument.Unit == "s") return DurationView;
        return instrument.Unit == "kbps" || instrument.Name.EndsWith("kbps", StringComparison.Ordinal) ? BitrateView : null;
    }

    private static bool IsHistogram(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);
}
