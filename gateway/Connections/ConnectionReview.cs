namespace Gateway.Connections;

/// <summary>Reviews the clients' connections once a second; a failed review is logged, and the next one runs as usual.</summary>
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
            // The regular stop.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7002, LogLevel.Error, "Review of the client connections failed; the next one runs in a second.", EventName = nameof(ReviewFailed))]
        public static partial void ReviewFailed(ILogger log, Exception exception);
    }
}
