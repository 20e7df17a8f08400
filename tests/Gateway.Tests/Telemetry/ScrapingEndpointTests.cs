using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Text;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Telemetry;

public sealed class ScrapingEndpointTests
{
    [Fact]
    public async Task Get_WithoutPreference_IsPlainTextWithBuiltInMeters()
    {
        await using var host = await TelemetryHost.StartAsync(map: app => app.MapGet("/x", () => "x"));
        await host.Client.GetStringAsync("/x");

        using var reply = await host.Client.GetAsync("/metrics");
        var text = await reply.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal(Encoding.UTF8.GetByteCount(text), reply.Content.Headers.ContentLength);
        Assert.Contains("http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/x\"", text, StringComparison.Ordinal);
        Assert.Contains("\nkestrel_active_connections{", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_gc_collections_total{", text, StringComparison.Ordinal);
        Assert.Contains("\ngateway_build_info{version=", text, StringComparison.Ordinal);
        Assert.Contains("target_info{service_name=\"gateway\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("http_server_request", StringComparison.Ordinal) && line.Contains("/metrics", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_OpenMetricsAndGzip_IsBoth()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        request.Headers.Add("Accept-Encoding", "gzip");

        using var reply = await host.Client.SendAsync(request);

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal(["gzip"], reply.Content.Headers.ContentEncoding);
        using var gzip = new GZipStream(await reply.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        Assert.EndsWith("# EOF\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_OfMetrics_HasTheHeadersOfGetAndNoBody()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var reply = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"));

        Assert.True(reply.IsSuccessStatusCode);
        Assert.True(reply.Content.Headers.ContentLength > 0);
        Assert.Empty(await reply.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_MetricsSwitchedOff_IsNotThere()
    {
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:Metrics"] = "false" });
        using var reply = await host.Client.GetAsync("/metrics");

        Assert.Equal(System.Net.HttpStatusCode.NotFound, reply.StatusCode);
        Assert.False(host.App.Services.GetRequiredService<IMeterFactory>().Create("Gateway.Off").CreateCounter<int>("gateway.off").Enabled);
    }

    [Fact]
    public async Task Get_TwoHostsInOneProcess_EachCountsItsOwn()
    {
        await using var one = await TelemetryHost.StartAsync(map: app => app.MapGet("/one", () => "x"));
        await using var two = await TelemetryHost.StartAsync(map: app => app.MapGet("/two", () => "x"));
        await one.Client.GetStringAsync("/one");
        await two.Client.GetStringAsync("/two");

        Assert.DoesNotContain("\"/two\"", await one.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"/one\"", await two.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    /// <summary>By hand, on a quiet machine and without a debug build, for its figure.</summary>
    [Fact(Explicit = true)]
    public async Task Scrape_TwoThousandSeries_TakesLessThanFiveMilliseconds()
    {
        using var scrape = new ScrapeFixture();
        var histogram = scrape.Meter.CreateHistogram<double>("gateway.a", "s");
        var counter = scrape.Meter.CreateCounter<long>("gateway.b");
        // 18 series a histogram point.
        for (var i = 0; i < 100; i++) histogram.Record(i / 10.0, new KeyValuePair<string, object?>("n", i), new KeyValuePair<string, object?>("source", "cache"));
        for (var i = 0; i < 200; i++) counter.Add(i, new KeyValuePair<string, object?>("n", i), new KeyValuePair<string, object?>("source", "cache"));
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await scrape.TextAsync();
            var took = TimeProvider.System.GetElapsedTime(start);
            if (took < best) best = took;
        }

        // The best of many, because the machine that runs tests runs other things too.
        Assert.True(best < TimeSpan.FromMilliseconds(5), $"{best.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task Promtool_ReadsAScrape_AndFindsNothingToBlame()
    {
        Promtool.SkipIfMissing();
        await using var host = await TelemetryHost.StartAsync(map: app => app.MapGet("/x", () => "x"));
        await host.Client.GetStringAsync("/x");
        var meter = host.App.Services.GetRequiredService<IMeterFactory>().Create("Gateway.Test");
        meter.CreateHistogram<double>("gateway.segment.duration", "s", "Odd \"text\" \\ here.").Record(0.1, new KeyValuePair<string, object?>("source", "ca\"che\n"));
        meter.CreateCounter<long>("gateway.segment.bytes", "By", "Bytes.").Add(1);

        Assert.Equal((0, ""), await Promtool.RunAsync(await host.Client.GetStringAsync("/metrics"), "check", "metrics"));
    }
}
