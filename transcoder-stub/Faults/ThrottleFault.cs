namespace TranscoderStub.Faults;

/// <summary>The body comes slowly: a twentieth of a second's worth at a time, evenly.</summary>
internal sealed class ThrottleFault(int bytesPerSecond, TimeProvider time) : IFault
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        var slice = Math.Max(1, bytesPerSecond / 20);
        context.Response.Body = new SlicedBody(body, async (bytes, stop) =>
        {
            while (!bytes.IsEmpty)
            {
                var now = bytes[..Math.Min(slice, bytes.Length)];
                await body.WriteAsync(now, stop);
                await body.FlushAsync(stop);
                bytes = bytes[now.Length..];
                // A rate below 20 B/s would need a longer beat than the others; stretching it keeps the rate true.
                await Task.Delay(bytesPerSecond >= 20 ? s_beat : TimeSpan.FromSeconds(1.0 / bytesPerSecond), time, stop);
            }
        });
        await next(context);
    }
}
