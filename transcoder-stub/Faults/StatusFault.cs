namespace TranscoderStub.Faults;

/// <summary>Another status than the honest one, with a problem document.</summary>
internal sealed class StatusFault(int status) : IFault
{
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Problem(statusCode: status, extensions: [new("code", "TRANSCODER_FAULT")]).ExecuteAsync(context);
    }
}
