using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>An origin that sends the first half of one segment, of every rendition, and holds the rest until it is released.</summary>
internal sealed class HeldSegment(string ending) : IStartupFilter
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.TrySetResult();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, go) =>
        {
            if (context.Request.Path.Value!.EndsWith(ending, StringComparison.Ordinal)) await HoldAsync(context, go);
            else await go(context);
        });
        next(app);
    };

    private async Task HoldAsync(HttpContext context, RequestDelegate go)
    {
        var body = context.Response.Body;
        using var whole = new MemoryStream();
        context.Response.Body = whole;
        await go(context);
        context.Response.Body = body;
        var bytes = whole.GetBuffer().AsMemory(0, (int)whole.Length);
        await body.WriteAsync(bytes[..(bytes.Length / 2)], context.RequestAborted);
        await body.FlushAsync(context.RequestAborted);
        await _released.Task.WaitAsync(context.RequestAborted);
        await body.WriteAsync(bytes[(bytes.Length / 2)..], context.RequestAborted);
    }
}
