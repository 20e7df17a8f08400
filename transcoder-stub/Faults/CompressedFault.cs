using System.IO.Compression;

namespace TranscoderStub.Faults;

/// <summary>The body comes as gzip, whether the client can read that or not, under the tag of the honest bytes.</summary>
internal sealed class CompressedFault : IFault
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        response.OnStarting(() =>
        {
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = null;
            return Task.CompletedTask;
        });
        if (HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        response.Body = new SlicedBody(gzip, (bytes, stop) => gzip.WriteAsync(bytes, stop).AsTask());
        await next(context);
    }
}
