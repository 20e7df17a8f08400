using Microsoft.AspNetCore.Connections;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Problems;

/// <summary>
/// Outermost room: gives every failure on our routes that has no body of its own (unknown route, method, what YARP or Kestrel refused) its problem
/// document, and keeps exceptions in the log. Answers that have a body, and the operator's own routes, pass untouched.
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
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody is there to read an answer.
            return;
        }
        catch (ConnectionResetException)
        {
            // It hung up in the middle of its own request. The server need not read the rest of what does not come any more.
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
        // What an operator's own upstream has answered stays as it is.
        if (context.Features.Get<IReverseProxyFeature>() is not null && context.Features.Get<IForwarderErrorFeature>() is null) return;
        if (Words(response.StatusCode, context.Request) is { } code) await ProblemDocument.WriteAsync(context, code);
    }

    private static ProblemCode CodeOf(int badRequestStatus) => badRequestStatus switch
    {
        StatusCodes.Status413PayloadTooLarge => ProblemCode.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemCode.UnsupportedMediaType,
        _ => ProblemCode.InvalidRequest,
    };

    /// <summary>The row with the same status; none for statuses that only their author can explain (an origin's 403 is not about our tickets).</summary>
    private static ProblemCode? Words(int status, HttpRequest request) => status switch
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
