using System.Globalization;
using System.Text;
using Gateway.Telemetry.Prometheus;

namespace Gateway.Tests.Docs;

/// <summary><c>docs/metrics.md</c>, from the instruments themselves.</summary>
internal static class MetricsPage
{
    private const string Opening =
        """
        # Metrics

        Made by `tests/docs` from the instruments; change their descriptions, not this file.

        `GET /metrics` speaks Prometheus text and OpenMetrics. Labels come from small closed sets and never hold a session, a user, a URL or an address. Counters that have a closed set of words begin at
        zero, so that their first rise is one. Histograms have the usual `_bucket`, `_sum` and `_count`. `…` stands for further words of closed sets that
        other parts of the gateway own: reasons of problem documents, outcomes and reasons that players report.

        Every series is on a Grafana dashboard (`grafana/dashboards`), and every alert (`deploy/prometheus/rules`) asks for series of this page; tests hold both.

        """;

    private const string Closing =
        """

        ## .NET's own meters

        `System.Runtime`, `System.Net.Http`, `System.Net.NameResolution`, `Npgsql`, `Microsoft.AspNetCore.Hosting`, `.Server.Kestrel`, `.Routing` and `.Diagnostics` keep their own names, turned into Prometheus'
        spelling; where one counts things and ends in `count`, the things stand in the plural (`dotnet.timer.count` is `dotnet_timers`), since Prometheus keeps `_count` for histograms.

        ## Where figures of viewers come from

        Start-ups, stalls and handoffs are what players tell, by CMCD and by `POST /api/v1/playback/sessions/{id}/events`; a stall that both tell of is counted once. Start-up times come from players that
        report; without any, `gateway_startup_seconds` stays empty. What players tell is bounded by what can have been: nobody is stalled for longer than the session is old.

        """;

    /// <summary>Labels of instruments that tell nothing while nobody plays and no cluster is configured.</summary>
    private static readonly Dictionary<string, string> WhilePlaying = new(StringComparer.Ordinal)
    {
        ["gateway.origin.destinations"] = "`cluster`, `destination`: names in the configuration · `health`: healthy, unhealthy, unknown",
        ["gateway.sessions.active"] = "`engine`: direct, segmented · `protocol`: dash, file, hls",
    };

    public static string Text()
    {
        using var probe = InstrumentProbe.Run();
        var page = new StringBuilder(Opening);
        foreach (var meter in probe.Instruments.GroupBy(i => i.Instrument.Meter.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {meter.Key}\n\n| series | kind | labels | meaning |\n| --- | --- | --- | --- |\n");
            foreach (var probed in meter)
            {
                var (name, kind) = Named(probed);
                Assert.True(probed.Instrument.Description?.Length > 0, $"{probed.Instrument.Name} has no description");
                page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {kind} | {Labels(probed)} | {probed.Instrument.Description} |\n");
            }
        }

        return page.Append(Closing).ToString();
    }

    private static (string Name, string Kind) Named(ProbedInstrument probed)
    {
        var kind = probed.Instrument.GetType().Name;
        var isCounter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
        var isHistogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
        var family = SeriesName.Family(probed.Instrument.Name, probed.Instrument.Unit ?? "", isGauge: !isCounter && !isHistogram);
        if (isCounter) return ($"{family}_total", "counter");
        return (family, isHistogram ? "histogram" : "gauge");
    }

    private static string Labels(ProbedInstrument probed)
    {
        if (WhilePlaying.TryGetValue(probed.Instrument.Name, out var known)) return known;
        // A version is the build's, and would change this page with every build.
        var labels = probed.Labels.Select(l => l.Key == "version" ? $"`{l.Key}`" : $"`{l.Key}`: {string.Join(", ", l.Value.OrderBy(w => w == InstrumentProbe.Any).ThenBy(w => w, StringComparer.Ordinal))}");
        return string.Join(" · ", labels) is { Length: > 0 } text ? text : "–";
    }
}
