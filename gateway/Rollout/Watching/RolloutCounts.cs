using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;
using Gateway.Rollout.Store;

namespace Gateway.Rollout.Watching;

/// <summary>What one look at the roll-out sees: this gateway's counts, and, where gateways share a store, the sum of all. With the store away each goes by its own.</summary>
/// <param name="signals">What the triggers count, of the last minute.</param>
/// <param name="wave">What the judge counts, of the present wave.</param>
/// <param name="store">Null without a shared store.</param>
internal sealed class RolloutCounts(RolloutSignals signals, WaveCounts wave, WatchStore? store = null)
{
    /// <summary>
    /// Settles whose outcomes count, tells the others, and sums up. Null while this gateway still counts another wave than the state's: a moment after a change.
    /// </summary>
    public async Task<(JudgeState Counts, TriggerWindow Window)?> SumAsync(RolloutState state, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        var own = wave.Snapshot();
        var window = signals.Sum(state.DeployBeganAt is not null);
        if (own.Wave != state.Wave) return null;
        if (store is null) return (own, window);
        try
        {
            return await store.ExchangeAsync(own, window, stopping);
        }
        catch (Exception e) when (RolloutStore.IsAway(e, stopping))
        {
            return (own, window);
        }
    }

    /// <summary>Outcomes of viewers whom another gateway may have counted.</summary>
    private async Task SettleAsync(CancellationToken stopping)
    {
        if (store is null) return;
        var (number, outcomes) = wave.TakeWaiting();
        if (outcomes.Count == 0) return;
        HashSet<ulong>? first = null;
        try
        {
            first = await store.ClaimAsync(number, [.. outcomes.Select(static o => o.Name)], stopping);
        }
        catch (Exception e) when (RolloutStore.IsAway(e, stopping))
        {
            // Judged by what this gateway alone knows: a wave that does harm has to be taken back without a database, too.
        }
        finally
        {
            wave.Settle(number, outcomes, first);
        }
    }
}
