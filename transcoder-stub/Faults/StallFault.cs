namespace TranscoderStub.Faults;

/// <summary>The body stops after so many bytes, for a while or until the client leaves.</summary>
internal sealed class StallFault(int afterBytes, TimeSpan pause, TimeProvider time) : IFault
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var body = context.Response.Body;
        var left = afterBytes;
        var stalled = false;
        context.Response.Body = new SlicedBody(body, async (bytes, stop) =>
        {
            if (!stalled && bytes.Length >= left)
            {
                stalled = true;
                await body.WriteAsync(bytes[..left], stop);
                await body.FlushAsync(stop);
                bytes = bytes[left..];
                using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
                await Task.Delay(pause, time, end.Token);
            }
            else
            {
                left -= stalled ? 0 : bytes.Length;
            }

            if (!bytes.IsEmpty) await body.WriteAsync(bytes, stop);
        });
        await next(context);
    }
}
