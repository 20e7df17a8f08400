using Gateway.Hosting;
using Gateway.Rollout.Control;

namespace Gateway.Rollout.Store;

/// <summary>
/// Keeps this node's roll-out the same as the store's: reads it at each <see cref="Turn"/>, so that a change on one node holds on all within a second. One owner, one timer; a turn that fails is tried
/// again by the next, and meanwhile the node keeps what it last knew.
/// </summary>
internal sealed class RolloutSync(RolloutControl control, TimeProvider time, ILogger<RolloutSync> log) : PeriodicService
{
    internal static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries once before the first request, so that a restart does not recommend what was reverted.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Turn, time);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await control.TakeTurnAsync(stopping);
        }
        catch (Exception e) when (RolloutStore.IsAway(e, stopping))
        {
            // The session store writer uses the same database and logs the outage.
        }
    }
}
