using Gateway.Hosting;

namespace Gateway.Caching.Disk;

/// <summary>
/// Opens the disk tier beside the start, tries again where it could not be opened, and closes it at the stop. The gateway serves meanwhile: only the lock and the invalidations are read before it
/// listens, so that no purge comes too early.
/// </summary>
/// <param name="tier">Null when no folder is configured.</param>
internal sealed class DiskService(DiskTier? tier, TimeProvider clock, ILogger<DiskService> log) : PeriodicService
{
    /// <summary>How long the stop waits for the last writes; what is not written by then is fetched again.</summary>
    private static readonly TimeSpan MostAtStop = TimeSpan.FromSeconds(5);

    private Task _opening = Task.CompletedTask;

    protected override ILogger Logger => log;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (tier is not null)
        {
            var opened = Task.Run(tier.TryOpen, CancellationToken.None);
            _opening = RecoverAsync(tier, opened);
            try
            {
                await opened.WaitAsync(DiskTier.Patience, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                // A disk that hangs does not keep the gateway from serving; what is purged meanwhile waits for it.
            }
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (tier is null) return;
        try
        {
            await CloseAsync(tier).WaitAsync(MostAtStop, clock, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The next start reads record by record what no footer lists.
        }
    }

    protected override PeriodicTimer StartClock() => new(DiskHealth.Pause, clock);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        await _opening;
        if (tier is null) return;
        _opening = Task.Run(
            () =>
            {
                tier.TryOpen();
                tier.TryRecover();
            },
            CancellationToken.None);
        await _opening;
    }

    private static async Task RecoverAsync(DiskTier tier, Task opened)
    {
        await opened;
        await Task.Run(tier.TryRecover, CancellationToken.None);
    }

    private async Task CloseAsync(DiskTier open)
    {
        await _opening;
        await open.CloseAsync();
    }
}
