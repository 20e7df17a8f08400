using Gateway.Caching.Disk;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Gateway.Warmup;

namespace Gateway;

/// <summary><c>/health/live</c>: the process answers, and which version it is. <c>/health/ready</c>: it can do its work; else 503, with the reason.</summary>
internal static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapMethods("/health/live", [HttpMethods.Get, HttpMethods.Head], () => TypedResults.Text($"live\nversion {BuildMetrics.Version}\n"));
        app.MapMethods("/health/ready", [HttpMethods.Get, HttpMethods.Head], async (HttpResponse response, OriginReadiness origin, Drain drain, CacheDisk disk, FirstReadiness first) =>
        {
            await first.WaitAsync(response.HttpContext.RequestAborted);
            // Balancers and other gateways tell a node that leaves from one that is broken.
            if (drain.IsDraining) response.Headers[ProblemDocument.DrainingHeader] = "1";
            return (drain.IsDraining ? "draining" : origin.WhyNot()) is { } reason
                ? TypedResults.Text($"{reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Text(disk.Trouble is { } trouble ? $"ready\n{trouble}\n" : "ready\n");
        });
    }
}
