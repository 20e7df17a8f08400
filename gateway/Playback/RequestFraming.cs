using Gateway.Problems;

namespace Gateway.Playback;

/// <summary>Refuses requests with ambiguous framing.</summary>
internal static class RequestFraming
{
    /// <summary>
    /// Refuses chunked requests of HTTP/1.0, which does not know of them (RFC 9112 §6.1): a server in front that ignores the header has read another request than this one.
    /// </summary>
    public static void UseStrictFraming(this WebApplication app) => app.Use((context, next) =>
    {
        if (!HttpProtocol.IsHttp10(context.Request.Protocol) || context.Request.Headers.TransferEncoding.Count == 0) return next(context);
        context.Response.Headers.Connection = "close";
        return ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest);
    });
}
