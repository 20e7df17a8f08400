using Gateway.Problems;

namespace Gateway.Playback;

/// <summary>Which methods the media routes answer.</summary>
internal static class MediaMethods
{
    /// <summary>The methods of every media resource, as <c>Allow</c> lists them.</summary>
    public const string Read = "GET, HEAD, OPTIONS";

    public static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    /// <summary>Answers methods that no handler takes: OPTIONS with the allowed methods (RFC 9110 §9.3.7), every other with 405. Upstream is not asked.</summary>
    /// <param name="context">The request.</param>
    /// <param name="allowed">Value of <c>Allow</c>.</param>
    public static Task AnswerAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        if (!HttpMethods.IsOptions(context.Request.Method)) return ProblemDocument.WriteAsync(context, ProblemCode.MethodNotAllowed);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
