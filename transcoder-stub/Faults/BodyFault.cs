using System.Text;
using TranscoderStub.Titles;

namespace TranscoderStub.Faults;

/// <summary>Status 200 with other bytes than the honest ones: a login page where a manifest should be, a manifest cut in the middle.</summary>
internal sealed class BodyFault(string body, string? contentType) : IFault
{
    private readonly byte[] _body = Encoding.UTF8.GetBytes(body);

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = _body.Length;
        context.Response.ContentType = contentType ?? MediaTypes.Of(context.Request.Path) ?? "application/octet-stream";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(_body).AsTask();
    }
}
