using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Origin;

/// <summary>Ways in which an upstream misbehaves.</summary>
internal static class FaultyOrigin
{
    public static Task HangAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    public static async Task StallAsync(HttpContext context)
    {
        context.Response.ContentLength = 100;
        await context.Response.WriteAsync("first bytes");
        await context.Response.Body.FlushAsync();
        await HangAsync(context);
    }

    /// <summary>Resets the connection in the middle of the body, on a signal: an immediate reset may overtake the head.</summary>
    public static RequestDelegate Cut(Task when) => async context =>
    {
        context.Response.ContentLength = 100;
        await context.Response.WriteAsync("first bytes");
        await context.Response.Body.FlushAsync();
        await when.WaitAsync(context.RequestAborted);
        context.Abort();
    };

    public static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };
}
