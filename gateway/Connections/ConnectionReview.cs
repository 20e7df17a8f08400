namespace Gateway.Connections;

/// <summary>Looks at the clients' connections once a second; a pass that failed is told, and the next one goes on.</summary>
internal sealed partial class ConnectionReview(ClientConnections connections, TimeProvider time, ILogger<ConnectionReview> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    connections.Review();
                }
                catch (Exception e)
                {
                    Log.ReviewFailed(log, e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The way it is stopped.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7002, LogLevel.Error, "A review of the clients' connections failed.", EventName = nameof(ReviewFailed))]
        public static partial void ReviewFailed(ILogger log, Exception exception);
    }
}
