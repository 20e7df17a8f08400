using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Gateway.Telemetry;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Gateway.Tests.Telemetry;

public sealed class TracingTests
{
    private const string Ticket = "dGhpcy1pcy1hLXRpY2tldA.c2lnbmF0dXJl";

    [Fact]
    public async Task Request_TracesOff_HasNoSpan()
    {
        Activity? seen = null;
        await using var host = await TelemetryHost.StartAsync(map: app => app.MapGet("/x", () =>
        {
            seen = Activity.Current ?? GatewayTrace.Cache();
            return "x";
        }));
        await host.Client.GetStringAsync("/x");

        Assert.Null(seen);
        Assert.Null(host.App.Services.GetService<TracerProvider>());
    }

    [Fact]
    public async Task Request_TracesOn_ReachesTheCollectorWithChildrenAndWithoutTicket()
    {
        string[] names = ["GET /api/v1/playback/{ticket}/{cluster}/{**asset}", "access", "cache", "origin attempt", "rewrite", "gateway.cluster", "startup.load_id", "start-1", "http.response.status_code"];
        await using var collector = await CollectorAsync();
        await using (var host = await TelemetryHost.StartAsync(Settings(collector.App), MapMedia))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/playback/{Ticket}/origin/a/seg_1.m4s?access_token=secret-token");
            request.Headers.Add("x-segmented-startup-load-id", "4711");
            request.Headers.Add("x-segmented-startup-correlation-id", "start-1");
            request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            Assert.Equal("0af7651916cd43dd8448eb211c80319c", await (await host.Client.SendAsync(request)).Content.ReadAsStringAsync());

            // The span of a request ends after its answer has gone out, and the exporter waits no longer than some seconds for the collector when the host stops.
            var services = host.App.Services;
            await Deadline.Until(() =>
            {
                services.GetRequiredService<TracerProvider>().ForceFlush();
                services.GetRequiredService<MeterProvider>().ForceFlush();
                return names.All(name => collector.Text("/v1/traces").Contains(name, StringComparison.Ordinal)) && collector.Text("/v1/metrics").Length > 0;
            });
        }

        var sent = collector.Text("/v1/traces");
        Assert.DoesNotContain(Ticket, sent, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", sent, StringComparison.Ordinal);
        Assert.Contains("gateway_build", collector.Text("/v1/metrics").Replace('.', '_'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_SamplerOff_SendsNothing()
    {
        await using var collector = await CollectorAsync();
        var settings = Settings(collector.App);
        settings["OTEL_TRACES_SAMPLER"] = "traceidratio";
        settings["OTEL_TRACES_SAMPLER_ARG"] = "0";
        await using (var host = await TelemetryHost.StartAsync(settings, MapMedia))
            await host.Client.GetStringAsync("/api/v1/playback/t/origin/a");

        Assert.Equal("", collector.Text("/v1/traces"));
    }

    [Theory]
    [InlineData(null, null, null, false, false)]
    [InlineData("http://c:4318", null, null, true, true)]
    [InlineData("http://c:4318", "none", null, true, false)]
    [InlineData("http://c:4318", "otlp,console", null, true, true)]
    [InlineData("http://c:4318", null, "true", false, false)]
    public void Otlp_Variables_DecideWhatIsExported(string? endpoint, string? traces, string? disabled, bool metricsExpected, bool tracesExpected)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager();
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        configuration["OTEL_TRACES_EXPORTER"] = traces;
        configuration["OTEL_SDK_DISABLED"] = disabled;

        Assert.Equal(new OtlpExport(metricsExpected, tracesExpected), OtlpExport.From(configuration));
    }

    private static void MapMedia(WebApplication app) => app.MapGet("/api/v1/playback/{ticket}/{cluster}/{**asset}", () =>
    {
        using (var access = GatewayTrace.Access()) access.Ended("allowed");
        using (var cache = GatewayTrace.Cache()) cache.Ended("filled");
        using (var attempt = GatewayTrace.OriginAttempt("origin", "demand")) attempt.Ended("timeout", failed: true);
        using (var rewrite = GatewayTrace.Rewrite("hls")) rewrite.Ended("done");
        return Activity.Current?.TraceId.ToHexString();
    });

    private static Dictionary<string, string?> Settings(WebApplication collector) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    private static async Task<Collector> CollectorAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new Collector(app);
        app.MapPost("/{**path}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collector.Received.Enqueue((request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
        });
        await app.StartAsync();
        return collector;
    }

    /// <summary>Takes what an OTLP exporter posts; protobuf's strings can be searched as they are.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public WebApplication App => app;

        public ConcurrentQueue<(string Path, string Body)> Received { get; } = new();

        public string Text(string path) => string.Concat(Received.Where(r => r.Path == path).Select(r => r.Body));

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
