using Gateway.Telemetry.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>As in OpenTelemetry.Exporter.Prometheus.AspNetCore, which this folder replaces.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    /// <summary>Maps the scraping endpoint, by default at <c>/metrics</c>. Scrapes do not count among the requests that they report.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path = "/metrics") =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], AnswerAsync).DisableHttpMetrics().ExcludeFromDescription();

    private static async Task AnswerAsync(HttpContext context)
    {
        // Resolving the provider is what ties the exporter to its reader.
        context.RequestServices.GetRequiredService<MeterProvider>();
        var asked = ScrapeRequest.From(context.Request.Headers);
        if (await context.RequestServices.GetRequiredService<ScrapeCache>().GetAsync(asked, context.RequestAborted) is not { } text)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        context.Response.ContentType = asked.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept, Accept-Encoding";
        if (asked.Gzip) context.Response.Headers.ContentEncoding = "gzip";
        context.Response.ContentLength = text.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }
}
