namespace Gateway.Warmup;

/// <summary>A host that hears no signals of the process: those are for the real gateway, and while that is not there, they end the process.</summary>
internal sealed class UntendedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
