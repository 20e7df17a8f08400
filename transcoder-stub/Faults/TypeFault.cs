namespace TranscoderStub.Faults;

/// <summary>The right bytes under a wrong Content-Type.</summary>
internal sealed class TypeFault(string contentType) : IFault
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.ContentType = contentType;
            return Task.CompletedTask;
        });
        return next(context);
    }
}
