namespace TranscoderStub.Faults;

/// <summary>The connection breaks after so many bytes of the body, although the head promised all of them.</summary>
internal sealed class CutFault(int afterBytes) : IFault
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
            if (now.Length < bytes.Length) context.Abort();
        });
        await next(context);
    }
}
