using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.Access;

/// <summary>
/// CORS for everything a player asks, answers preflights itself. Unlike ASP.NET's own policy it does not wait for an <c>Origin</c> header
/// when any origin is welcome, so that a shared cache in front of the gateway can give one answer to all; and it replaces what an upstream
/// says about CORS, which was meant for another host.
/// </summary>
/// <remarks>Headers are set when the response starts, last of all, so that errors have them too and nothing can put a second value beside them.</remarks>
internal sealed class CorsMiddleware(RequestDelegate next, AccessOptions options, string[] more)
{
    private const string AllowedMethods = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

    // The star does not cover Authorization, and counts as a plain name where cookies are sent.
    private const string AllowedHeaders =
        "Authorization, Content-Type, Range, If-Range, If-None-Match, If-Modified-Since, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status, "
        + "x-segmented-startup-load-id, x-segmented-startup-correlation-id, Upload-Offset, Repr-Digest, *";

    private const string ExposedHeaders =
        "X-Served-From, Cache-Status, Age, CMSD-Static, CMSD-Dynamic, Server-Timing, Date, ETag, Last-Modified, Content-Length, Content-Range, "
        + "Accept-Ranges, Retry-After, X-File-Format, X-Session-Id, X-Session-Ticket, Upload-Offset, x-segmented-startup-load-id, x-segmented-startup-correlation-id, "
        // What chunks that overlap say of themselves, by which a player trims them.
        + "X-Sample-Rate, X-Total-Samples, X-Playable-Samples, X-Overlap-Samples, X-Start-Sample-Offset";

    // The gateway's own routes; for others beside them the operator decides which pages may read them.
    private static readonly string[] PlayerRoutes = ["/play", "/api/v1/playback", "/api/v1/files", "/api/player", "/api/library"];

    private readonly string[] _routes = [.. PlayerRoutes, .. more];
    private readonly bool _anyOrigin = options.CorsOrigins.Contains("*", StringComparer.Ordinal);
    private readonly HashSet<string> _origins = new(options.CorsOrigins, StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsForPlayers(context.Request.Path)) return next(context);
        context.Response.OnStarting(
            static state =>
            {
                var (cors, starting) = ((CorsMiddleware, HttpContext))state;
                cors.SetHeaders(starting);
                return Task.CompletedTask;
            },
            (this, context));
        var request = context.Request;
        if (!HttpMethods.IsOptions(request.Method) || !request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod)) return next(context);
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = AllowedMethods;
        headers.AccessControlAllowHeaders = AllowedHeaders;
        headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private void SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Remove(HeaderNames.AccessControlAllowCredentials);
        if (_anyOrigin)
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else
        {
            headers.Remove(HeaderNames.AccessControlAllowOrigin);
            headers.Vary = StringValues.Concat(headers.Vary, HeaderNames.Origin);
            if (context.Request.Headers.Origin is [{ } origin] && _origins.Contains(origin))
            {
                headers.AccessControlAllowOrigin = origin;
                headers.AccessControlAllowCredentials = "true";
            }
        }

        headers.AccessControlExposeHeaders = ExposedHeaders;
        // Players measure throughput by resource timing, which is blank across origins without this.
        headers["Timing-Allow-Origin"] = headers.AccessControlAllowOrigin;
    }

    private bool IsForPlayers(PathString path)
    {
        foreach (var route in _routes)
        {
            if (path.StartsWithSegments(route, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
