namespace TranscoderStub.Faults;

/// <summary>The first byte comes late.</summary>
internal sealed class LatencyFault(TimeSpan delay, TimeProvider time) : IFault
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        await Task.Delay(delay, time, context.RequestAborted);
        await next(context);
    }
}
