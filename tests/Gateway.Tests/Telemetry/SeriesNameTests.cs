using Gateway.Telemetry.Prometheus;

namespace Gateway.Tests.Telemetry;

public sealed class SeriesNameTests
{
    [Theory]
    [InlineData("gateway.segments.served", "", false, "gateway_segments_served")]
    [InlineData("gateway.segment.duration", "s", false, "gateway_segment_duration_seconds")]
    [InlineData("gateway.segment.bytes", "By", false, "gateway_segment_bytes")]
    [InlineData("gateway.cache", "By", true, "gateway_cache_bytes")]
    [InlineData("gateway.rebuffer", "s", false, "gateway_rebuffer_seconds")]
    [InlineData("gateway.bandwidth.estimate", "kbps", false, "gateway_bandwidth_estimate_kbps")]
    [InlineData("gateway.sessions.active", "{session}", true, "gateway_sessions_active")]
    [InlineData("gateway.cache.fill", "1", true, "gateway_cache_fill_ratio")]
    [InlineData("gateway.cache.hits", "1", false, "gateway_cache_hits")]
    [InlineData("disk.io", "By/s", true, "disk_io_bytes_per_second")]
    [InlineData("requests", "{request}/s", true, "requests_per_second")]
    [InlineData("cpu", "%", true, "cpu_percent")]
    [InlineData("already_total", "", false, "already")]
    [InlineData("megabytes", "bytes", true, "megabytes_bytes")]
    [InlineData("a..b--c", "", true, "a_b_c")]
    [InlineData("4xx.answers", "", false, "_4xx_answers")]
    [InlineData("größe", "", true, "gr_e")]
    [InlineData("job:errors:rate", "", true, "job:errors:rate")]
    [InlineData("x", "odd unit!", true, "x_odd_unit")]
    [InlineData("dotnet.timer.count", "{timer}", true, "dotnet_timers")]
    [InlineData("dotnet.assembly.count", "{assembly}", true, "dotnet_assemblies")]
    [InlineData("dotnet.timer.count", "{timer}", false, "dotnet_timer_count")]
    [InlineData("bytes.count", "By", true, "bytes_count_bytes")]
    [InlineData("count", "", true, "count")]
    public void Family_InstrumentAndUnit_IsPrometheusName(string instrument, string unit, bool isGauge, string expected) =>
        Assert.Equal(expected, SeriesName.Family(instrument, unit, isGauge));

    [Theory]
    [InlineData("http.request.method", "http_request_method")]
    [InlineData("le", "exported_le")]
    [InlineData("0", "_0")]
    [InlineData("a:b", "a_b")]
    [InlineData("", "_")]
    public void Label_TagName_IsLegal(string tag, string expected) => Assert.Equal(expected, SeriesName.Label(tag));
}
