namespace TranscoderStub.Faults;

/// <summary>Healthy and not by turns of equal length, beginning healthy when the rule is set: what health checks have to cope with.</summary>
internal sealed class FlapFault(TimeSpan turn, int status, TimeProvider time) : IFault
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly StatusFault _ill = new(status);

    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        (time.GetUtcNow() - _start).Ticks / turn.Ticks % 2 == 0 ? next(context) : _ill.RunAsync(context, next);
}
