using Gateway.Hosting;

namespace Gateway.Connections;

/// <summary>Reviews the clients' connections once a second.</summary>
internal sealed class ConnectionReview(ClientConnections connections, TimeProvider time, ILogger<ConnectionReview> log) : PeriodicService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Interval, time);

    protected override Task WorkAsync(CancellationToken stopping)
    {
        connections.Review();
        return Task.CompletedTask;
    }
}
