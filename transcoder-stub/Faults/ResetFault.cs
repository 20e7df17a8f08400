namespace TranscoderStub.Faults;

/// <summary>The connection is torn down (RST) after so many bytes of the body. The reset may overtake the last of them.</summary>
internal sealed class ResetFault(int afterBytes) : IFault
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        var left = afterBytes;
        context.Response.Body = new SlicedBody(body, async (bytes, stop) =>
        {
            var now = bytes[..Math.Min(left, bytes.Length)];
            left -= now.Length;
            await body.WriteAsync(now, stop);
            await body.FlushAsync(stop);
            if (left > 0) return;
            RefuseFault.End(context);
            throw new OperationCanceledException("The connection was reset on purpose.");
        });
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (RefuseFault.Ended(context))
        {
            // That was the point.
        }
    }
}
