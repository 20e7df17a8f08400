namespace TranscoderStub.Faults;

/// <summary>The answer is somewhere else.</summary>
internal sealed class RedirectFault(string location, int status) : IFault
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        context.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
