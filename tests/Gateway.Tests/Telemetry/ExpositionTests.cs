using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Gateway.Telemetry.Prometheus;
using OpenTelemetry.Metrics;

namespace Gateway.Tests.Telemetry;

public sealed partial class ExpositionTests
{
    [Fact]
    public async Task Text_OneOfEach_IsExactly()
    {
        using var scrape = new ScrapeFixture(_ => null, withTarget: true);
        OneOfEach(scrape);

        Assert.Equal(
            """
            # HELP target_info Target metadata
            # TYPE target_info gauge
            target_info{service_name="gateway",service_version="1.2.3"} 1
            # HELP gateway_cache_bytes Bytes held.
            # TYPE gateway_cache_bytes gauge
            # UNIT gateway_cache_bytes bytes
            gateway_cache_bytes 1048576
            # HELP gateway_origin_duration_seconds Until the last byte.
            # TYPE gateway_origin_duration_seconds histogram
            # UNIT gateway_origin_duration_seconds seconds
            gateway_origin_duration_seconds_bucket{purpose="demand",le="0.0005"} 1
            gateway_origin_duration_seconds_bucket{purpose="demand",le="0.5"} 2
            gateway_origin_duration_seconds_bucket{purpose="demand",le="1.0"} 2
            gateway_origin_duration_seconds_bucket{purpose="demand",le="+Inf"} 3
            gateway_origin_duration_seconds_sum{purpose="demand"} 31.25025
            gateway_origin_duration_seconds_count{purpose="demand"} 3
            # HELP gateway_segments_served_total Segments by source.
            # TYPE gateway_segments_served_total counter
            gateway_segments_served_total{protocol="hls",source="buffer"} 2
            gateway_segments_served_total{protocol="hls",source="cache"} 1
            # HELP gateway_waiting gateway.waiting
            # TYPE gateway_waiting gauge
            gateway_waiting -1

            """,
            await scrape.TextAsync());
    }

    [Fact]
    public async Task OpenMetrics_OneOfEach_IsExactly()
    {
        using var scrape = new ScrapeFixture(_ => null, withTarget: true);
        OneOfEach(scrape);

        Assert.Equal(
            """
            # HELP target Target metadata
            # TYPE target info
            target_info{service_name="gateway",service_version="1.2.3"} 1
            # HELP gateway_cache_bytes Bytes held.
            # TYPE gateway_cache_bytes gauge
            # UNIT gateway_cache_bytes bytes
            gateway_cache_bytes 1048576
            # HELP gateway_origin_duration_seconds Until the last byte.
            # TYPE gateway_origin_duration_seconds histogram
            # UNIT gateway_origin_duration_seconds seconds
            gateway_origin_duration_seconds_bucket{purpose="demand",le="0.0005"} 1
            gateway_origin_duration_seconds_bucket{purpose="demand",le="0.5"} 2
            gateway_origin_duration_seconds_bucket{purpose="demand",le="1.0"} 2
            gateway_origin_duration_seconds_bucket{purpose="demand",le="+Inf"} 3
            gateway_origin_duration_seconds_sum{purpose="demand"} 31.25025
            gateway_origin_duration_seconds_count{purpose="demand"} 3
            # HELP gateway_segments_served Segments by source.
            # TYPE gateway_segments_served counter
            gateway_segments_served_total{protocol="hls",source="buffer"} 2
            gateway_segments_served_total{protocol="hls",source="cache"} 1
            # HELP gateway_waiting gateway.waiting
            # TYPE gateway_waiting gauge
            gateway_waiting -1
            # EOF

            """,
            await scrape.TextAsync(ExpositionFormat.OpenMetrics));
    }

    [Fact]
    public async Task OpenMetrics_SampledSpan_BecomesExemplarOfItsBucket()
    {
        using var scrape = new ScrapeFixture(_ => new ExplicitBucketHistogramConfiguration { Boundaries = [1, 2] });
        var histogram = scrape.Meter.CreateHistogram<double>("gateway.x", "s");
        using var span = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        span.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        span.Start();
        histogram.Record(1.5);
        span.Stop();

        var text = await scrape.TextAsync(ExpositionFormat.OpenMetrics);

        var lines = text.Split('\n').Where(l => l.Contains("# {", StringComparison.Ordinal)).ToArray();
        var line = Assert.Single(lines);
        Assert.StartsWith(
            $"gateway_x_seconds_bucket{{le=\"2.0\"}} 1 # {{trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"}} 1.5 ", line, StringComparison.Ordinal);
        Assert.Matches(@" 1\.5 \d{10}\.\d{3}$", line);
        Assert.DoesNotContain("trace_id", await scrape.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_AwkwardTexts_AreEscaped()
    {
        using var scrape = new ScrapeFixture();
        scrape.Meter.CreateCounter<long>("c", description: "a\\b\n\"c\"").Add(1, new KeyValuePair<string, object?>("t", "x\\y\n\"z\"\ud800"));

        var text = await scrape.TextAsync();

        Assert.Contains("# HELP c_total a\\\\b\\n\"c\"\n", text, StringComparison.Ordinal);
        Assert.Contains("c_total{t=\"x\\\\y\\n\\\"z\\\"\ufffd\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# HELP c a\\\\b\\n\\\"c\\\"\n", await scrape.TextAsync(ExpositionFormat.OpenMetrics), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_TagsThatFallTogether_AreJoined()
    {
        using var scrape = new ScrapeFixture();
        scrape.Meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("a.b", "1"), new KeyValuePair<string, object?>("a_b", true));

        Assert.Contains("c_total{a_b=\"1;true\"} 1\n", await scrape.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_SameNameFromTwoMeters_HasOneHeadAndNoDuplicate()
    {
        using var scrape = new ScrapeFixture();
        scrape.Meter.CreateCounter<long>("gateway.things").Add(1, new KeyValuePair<string, object?>("k", "a"));
        var second = scrape.SecondMeter();
        var things = second.CreateCounter<long>("gateway.things");
        things.Add(5, new KeyValuePair<string, object?>("k", "a"));
        things.Add(7, new KeyValuePair<string, object?>("k", "b"));
        second.CreateHistogram<double>("gateway_things").Record(1);

        var text = await scrape.TextAsync();

        Assert.Equal(
            """
            # HELP gateway_things_total gateway.things
            # TYPE gateway_things_total counter
            gateway_things_total{k="a"} 1
            gateway_things_total{k="b"} 7

            """,
            text);
    }

    [Fact]
    public async Task Text_InstrumentOfAnotherContainer_IsNotCounted()
    {
        using var scrape = new ScrapeFixture();
        using var other = new ScrapeFixture();
        other.Meters.Create(scrape.Meter.Name).CreateCounter<long>("gateway.theirs").Add(1);
        scrape.Meter.CreateCounter<long>("gateway.mine").Add(1);

        var text = await scrape.TextAsync();

        Assert.Contains("gateway_mine_total 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("theirs", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_NumbersAtTheEdge_AreReadable()
    {
        using var scrape = new ScrapeFixture();
        foreach (var (name, value) in new[] { ("nan", double.NaN), ("inf", double.PositiveInfinity), ("minf", double.NegativeInfinity), ("tiny", double.Epsilon), ("big", double.MaxValue) })
            scrape.Meter.CreateGauge<double>(name).Record(value);
        scrape.Meter.CreateGauge<long>("least").Record(long.MinValue);

        var text = await scrape.TextAsync();

        Assert.Contains("\nnan NaN\n", text, StringComparison.Ordinal);
        Assert.Contains("\ninf +Inf\n", text, StringComparison.Ordinal);
        Assert.Contains("\nminf -Inf\n", text, StringComparison.Ordinal);
        Assert.Contains("\ntiny 5E-324\n", text, StringComparison.Ordinal);
        Assert.Contains("\nbig 1.7976931348623157E+308\n", text, StringComparison.Ordinal);
        Assert.Contains("\nleast -9223372036854775808\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_ManyAtOnce_EachIsWhole()
    {
        using var scrape = new ScrapeFixture();
        var counter = scrape.Meter.CreateCounter<long>("c");
        for (var i = 0; i < 500; i++) counter.Add(1, new KeyValuePair<string, object?>("i", i));

        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => scrape.TextAsync((ExpositionFormat)(i % 2)))))
            .WaitAsync(TimeSpan.FromMinutes(2));

        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(i % 2 == 0 ? 502 : 503, texts[i].Count(c => c == '\n'));
            Assert.Equal(i % 2 == 1, texts[i].EndsWith("# EOF\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Scrape_WhateverTheTexts_EveryLineKeepsTheGrammar()
    {
        var texts = Gen.Elements("", "a", "ä.ö", "le", "x\ny", "\"", "\\", "\\n", "{}", "# HELP", "\ud83d", "😀", "a=b,c", "total", " ", "1", "\u0000", "\t")
            .ListOf().Select(parts => string.Concat(parts));
        // The SDK itself refuses other names than these.
        var names = Gen.Elements("a", "B.", "-", "/", "_", "9", ".total", "..", "--_").ListOf().Select(parts => "n" + string.Concat(parts));
        var cases = names.Zip(texts).Zip(texts).Sample(12, Dice.Start, 60);
        foreach (var ((name, tag), value) in cases)
        {
            using var scrape = new ScrapeFixture(_ => null);
            var labels = new KeyValuePair<string, object?>(tag, value);
            scrape.Meter.CreateCounter<double>(name + ".c", value, tag).Add(1.5, labels);
            scrape.Meter.CreateHistogram<double>(name + ".h", tag, value).Record(1e-7, labels);
            scrape.Meter.CreateGauge<long>(name + ".g", tag, value).Record(-3, labels);
            foreach (var format in new[] { ExpositionFormat.Text, ExpositionFormat.OpenMetrics })
            {
                var lines = (await scrape.TextAsync(format)).Split('\n');
                Assert.Equal("", lines[^1]);
                Assert.True(lines.Length > 3, string.Create(CultureInfo.InvariantCulture, $"only {lines.Length} lines"));
                foreach (var line in lines[..^1]) Assert.Matches(Line(), line);
                Assert.Equal(lines.Length, lines.Distinct(StringComparer.Ordinal).Count());
            }
        }
    }

    private static void OneOfEach(ScrapeFixture scrape)
    {
        // Made in another order than that of their names.
        scrape.Meter.CreateUpDownCounter<long>("gateway.waiting").Add(-1);
        var served = scrape.Meter.CreateCounter<long>("gateway.segments.served", description: "Segments by source.");
        served.Add(2, new KeyValuePair<string, object?>("source", "buffer"), new KeyValuePair<string, object?>("protocol", "hls"));
        served.Add(1, new KeyValuePair<string, object?>("source", "cache"), new KeyValuePair<string, object?>("protocol", "hls"));
        scrape.Meter.CreateObservableGauge("gateway.cache.bytes", () => 1L << 20, "By", "Bytes held.");
        var duration = scrape.Meter.CreateHistogram(
            "gateway.origin.duration", "s", "Until the last byte.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.5, 1] });
        foreach (var value in new[] { 0.00025, 0.25, 31 }) duration.Record(value, new KeyValuePair<string, object?>("purpose", "demand"));
    }

    [GeneratedRegex("""
        ^(# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*|# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram)|# UNIT [a-zA-Z_:][a-zA-Z0-9_:]* [a-zA-Z0-9_]+|# EOF|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*\})? ([-+]?[0-9.]+(E[-+][0-9]+)?|NaN|[-+]Inf))$
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
