namespace Gateway.Prefetch;

/// <summary>Warns at the start of a buffer size that will serve players badly.</summary>
internal sealed partial class BufferCheck(BufferOptions options, ILogger<BufferCheck> log) : IHostedService
{
    private const int Fewest = 5;
    private const int Most = 8;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.AheadSegments is < Fewest or > Most) LogUnusual(options.AheadSegments, Fewest, Most);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Next free id: 61.
    [LoggerMessage(60, LogLevel.Warning, "'Gateway:Buffer:AheadSegments' is {Segments}; {Fewest} to {Most} serve players well", EventName = nameof(LogUnusual))]
    private partial void LogUnusual(int segments, int fewest, int most);
}
