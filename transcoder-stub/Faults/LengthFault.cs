namespace TranscoderStub.Faults;

/// <summary>
/// <c>Content-Length</c> is wrong. Too long: the connection ends before the promised bytes have come (Kestrel closes it and logs the application's error,
/// which it is). Too short: the rest of the body is never sent.
/// </summary>
internal sealed class LengthFault(int bytes) : IFault
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var body = response.Body;
        var left = long.MaxValue;
        response.OnStarting(() =>
        {
            if (response.ContentLength is { } honest) response.ContentLength = left = Math.Max(0, honest + bytes);
            return Task.CompletedTask;
        });
        response.Body = new SlicedBody(body, async (slice, stop) =>
        {
            // The head is fixed now, and with it how much may follow.
            if (!response.HasStarted) await response.StartAsync(stop);
            var now = slice[..(int)Math.Min(left, slice.Length)];
            left -= now.Length;
            if (!now.IsEmpty) await body.WriteAsync(now, stop);
        });
        await next(context);
    }
}
