using Gateway.Telemetry.Prometheus;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Telemetry;

public sealed class ScrapeRequestTests
{
    [Theory]
    [InlineData(null, "Text")]
    [InlineData("*/*", "Text")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "Text")]
    [InlineData("nonsense;;;", "Text")]
    [InlineData("application/openmetrics-text", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0", "OpenMetrics")]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=0.0.1", "Text")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0", "Text")]
    [InlineData("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4", "Text")]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "OpenMetrics")]
    public void Format_AcceptHeader_IsTheOneLikedBest(string? accept, string expected) =>
        Assert.Equal(expected, Ask(accept, null).Format.ToString());

    [Theory]
    [InlineData(null, false)]
    [InlineData("gzip", true)]
    [InlineData("deflate, GZIP;q=0.3", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("br", false)]
    public void Gzip_AcceptEncodingHeader_IsObeyed(string? encodings, bool expected) => Assert.Equal(expected, Ask(null, encodings).Gzip);

    private static ScrapeRequest Ask(string? accept, string? encodings)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        if (accept is not null) headers.Accept = accept;
        if (encodings is not null) headers.AcceptEncoding = encodings;
        return ScrapeRequest.From(headers);
    }
}
