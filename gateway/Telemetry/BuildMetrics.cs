using System.Diagnostics.Metrics;
using System.Reflection;

namespace Gateway.Telemetry;

/// <summary>Which version runs, and since when: the dashboards draw their deploy markers from it.</summary>
internal sealed class BuildMetrics
{
    public const string MeterName = "Gateway.Build";

    public BuildMetrics(IMeterFactory meters, TimeProvider clock)
    {
        var started = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var version = new KeyValuePair<string, object?>("version", Version);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("gateway.build.info", () => new Measurement<int>(1, version), description: "Always 1; the label tells the running version.");
        meter.CreateObservableGauge("gateway.start.time", () => started, "s", "When this process began to serve, in seconds since 1970.");
    }

    /// <summary>The assembly's informational version, with the commit that it was built from where the build knew it.</summary>
    public static string Version { get; } =
        typeof(BuildMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
