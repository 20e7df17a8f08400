using Microsoft.AspNetCore.Connections;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Problems;

/// <summary>
/// Outermost middleware: gives every failure on the gateway's routes that has no body of its own (unknown route, method, refusal by YARP or Kestrel) its problem
/// document, and keeps exceptions in the log. Responses with a body, and the operator's own routes, pass untouched.
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    private static readonly string[] OurRoutes = ["/play", "/api", "/admin", "/internal", "/stream", "/stream_sessions"];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException e) when (e is ConnectionAbortedException || context.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody reads a response.
            return;
        }
        catch (ConnectionResetException)
        {
            // The client disconnected in the middle of its request body; the server must not wait for the rest.
            context.Abort();
            return;
        }
        catch (BadHttpRequestException e)
        {
            await ProblemDocument.WriteAsync(context, CodeOf(e.StatusCode));
            return;
        }
        catch (Exception e)
        {
            LogUnexpected(e, context.GetEndpoint()?.DisplayName);
            await ProblemDocument.WriteAsync(context, ProblemCode.Internal);
            return;
        }

        var response = context.Response;
        if (response.StatusCode < StatusCodes.Status400BadRequest || response.HasStarted || !IsOurs(context.Request.Path)) return;
        if (response.ContentType is not null || response.ContentLength > 0) return;
        // A response of an operator's own upstream stays as it is.
        if (context.Features.Get<IReverseProxyFeature>() is not null && context.Features.Get<IForwarderErrorFeature>() is null) return;
        if (ProblemFor(response.StatusCode, context.Request) is { } code) await ProblemDocument.WriteAsync(context, code);
    }

    private static ProblemCode CodeOf(int badRequestStatus) => badRequestStatus switch
    {
        StatusCodes.Status413PayloadTooLarge => ProblemCode.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemCode.UnsupportedMediaType,
        _ => ProblemCode.InvalidRequest,
    };

    /// <summary>The row with the same status; none for statuses that only their sender can explain (an origin's 403 is not about our tickets).</summary>
    private static ProblemCode? ProblemFor(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status400BadRequest => ProblemCode.InvalidRequest,
        StatusCodes.Status404NotFound => StartupStages.Of(request) == StartupStage.None ? ProblemCode.RouteNotFound : ProblemCode.AssetNotFound,
        StatusCodes.Status405MethodNotAllowed => ProblemCode.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => ProblemCode.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemCode.UnsupportedMediaType,
        StatusCodes.Status416RangeNotSatisfiable => ProblemCode.RangeNotSatisfiable,
        StatusCodes.Status429TooManyRequests => ProblemCode.RateLimited,
        StatusCodes.Status500InternalServerError => ProblemCode.Internal,
        StatusCodes.Status502BadGateway => ProblemCode.OriginBroken,
        StatusCodes.Status503ServiceUnavailable => ProblemCode.OriginUnavailable,
        StatusCodes.Status504GatewayTimeout => ProblemCode.OriginTimeout,
        _ => null,
    };

    private static bool IsOurs(PathString path)
    {
        foreach (var route in OurRoutes)
        {
            if (path.StartsWithSegments(route, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    // Next free id: 2.
    [LoggerMessage(1, LogLevel.Error, "Unexpected failure at '{Endpoint}'")]
    private partial void LogUnexpected(Exception exception, string? endpoint);
}
