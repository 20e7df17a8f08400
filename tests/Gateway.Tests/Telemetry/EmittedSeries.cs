using System.Diagnostics.Metrics;
using Gateway.Telemetry.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

/// <summary>Every series that the gateway can emit, read off its instruments: nothing has to happen for them to exist.</summary>
internal static class EmittedSeries
{
    /// <summary>Names as queries write them: with <c>_total</c>, and for histograms with <c>_bucket</c>, <c>_sum</c> and <c>_count</c>.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ByNameAsync()
    {
        IServiceCollection? registered = null;
        await using var app = Gateway.Program.Build(
            ["--urls", "http://127.0.0.1:0", "--Gateway:Telemetry:Events=Off", "--Gateway:Live:Enabled=true"], Quietly);
        var own = app.Services.GetRequiredService<IMeterFactory>();
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, own) || !instrument.Meter.Name.StartsWith("Gateway.", StringComparison.Ordinal)) return;
            lock (found)
            {
                foreach (var (name, family) in NamesOf(instrument)) found[name] = family;
            }
        };
        listener.Start();

        // Whatever makes instruments is a singleton of ours.
        foreach (var service in registered!.Where(IsOurs)) app.Services.GetService(service.ServiceType);
        return found;

        void Quietly(WebApplicationBuilder builder)
        {
            builder.Logging.ClearProviders();
            registered = builder.Services;
        }
    }

    private static bool IsOurs(ServiceDescriptor service) =>
        service.Lifetime == ServiceLifetime.Singleton
        && !service.ServiceType.IsGenericTypeDefinition
        && service.ServiceType.Namespace?.StartsWith("Gateway", StringComparison.Ordinal) == true;

    private static IEnumerable<(string Name, string Family)> NamesOf(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var isCounter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
        var isHistogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
        var family = SeriesName.Family(instrument.Name, instrument.Unit ?? "", isGauge: !isCounter && !isHistogram);
        if (isHistogram) return [($"{family}_bucket", family), ($"{family}_sum", family), ($"{family}_count", family)];
        return isCounter ? [($"{family}_total", family)] : [(family, family)];
    }
}
