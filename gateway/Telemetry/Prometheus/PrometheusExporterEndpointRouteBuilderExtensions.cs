using System.IO.Compression;
using Gateway.Telemetry.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>As in OpenTelemetry.Exporter.Prometheus.AspNetCore, in the place of which this folder stands.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    /// <summary>Maps the scraping endpoint, by default at <c>/metrics</c>. Scrapes do not count among the requests that they report.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path = "/metrics") =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], AnswerAsync).DisableHttpMetrics().ExcludeFromDescription();

    private static async Task AnswerAsync(HttpContext context)
    {
        // Resolving the provider is what ties the exporter to its reader.
        context.RequestServices.GetRequiredService<MeterProvider>();
        var exporter = context.RequestServices.GetRequiredService<PrometheusExporter>();
        var asked = ScrapeRequest.From(context.Request.Headers);
        if (await exporter.ScrapeAsync(asked.Format, context.RequestAborted) is not { } text)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            context.Response.ContentType = asked.ContentType;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = "Accept, Accept-Encoding";
            if (asked.Gzip) context.Response.Headers.ContentEncoding = "gzip";
            else context.Response.ContentLength = text.WrittenCount;
            if (HttpMethods.IsHead(context.Request.Method)) return;
            if (asked.Gzip) await CompressAsync(text.WrittenMemory, context);
            else await context.Response.Body.WriteAsync(text.WrittenMemory, context.RequestAborted);
        }
        finally
        {
            exporter.Return(text);
        }
    }

    private static async Task CompressAsync(ReadOnlyMemory<byte> text, HttpContext context)
    {
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(text, context.RequestAborted);
    }
}
