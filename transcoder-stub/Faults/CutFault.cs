namespace TranscoderStub.Faults;

/// <summary>The connection ends after so many bytes of the body, although the head promised all of them.</summary>
/// <remarks>
/// The rest is swallowed, and Kestrel closes a connection whose body came out too short. Aborting here would be a race: a reset may
/// overtake the bytes that were still to arrive. (Kestrel logs the short body as an error of the application, which it is.)
/// </remarks>
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
            if (!now.IsEmpty) await body.WriteAsync(now, stop);
            await body.FlushAsync(stop);
        });
        await next(context);
    }
}
