using System.Globalization;

namespace TranscoderStub.Faults;

/// <summary>The origin's clock is off: the <c>Date</c> of answers, and what the <c>time</c> of a broadcast says.</summary>
internal sealed class ClockFault(TimeSpan skew, TimeProvider time) : IFault
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Date = (time.GetUtcNow() + skew).ToString("R", CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        if (!context.Request.Path.Value!.EndsWith("/time", StringComparison.Ordinal)) return next(context);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text((time.GetUtcNow() + skew).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).ExecuteAsync(context);
    }
}
