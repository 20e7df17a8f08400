using System.Globalization;

namespace TranscoderStub.Transcodes;

/// <summary>Turns what just-in-time work could not do into a problem document, which no cache keeps, with a hint where asking again helps.</summary>
internal sealed class ProblemFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (TranscodeException e)
        {
            var headers = context.HttpContext.Response.Headers;
            headers.CacheControl = "no-store";
            if (e.RetryAfter is { } wait) headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return TypedResults.Problem(e.Message, statusCode: e.Status, extensions:
            [
                new("code", e.Code), new("transient", e.RetryAfter is not null), new("retryAfterMs", e.RetryAfter is { } hint ? (int)hint.TotalMilliseconds : null),
            ]);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads it; the request log tells of the hang-up.
            return Results.Empty;
        }
    }
}
