using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>
/// One wave: (1) the lever raises it; (2) viewers come at their rate; (3) after each one the judge is asked, and now and then whether the system itself has turned back; (4) on a breach no more viewers come and the
/// wave is taken back, while those who play go on to their end; (5) the verdict.
/// </summary>
internal sealed class WaveRun(WavePlan plan, IWaveLever lever, Uri target, int number, TimeProvider time)
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly JudgeState _state = new(number);
    private int _interrupted;

    public async Task<WaveResult> PlayAsync(CancellationToken stop)
    {
        // 1
        var share = await lever.RaiseAsync(stop);
        var judge = share is >= JudgePlan.SmallestShare and <= 1 - JudgePlan.SmallestShare ? new Judge(new JudgePlan { Wave = number, Share = share }) : null;
        // 2
        await using var players = new WavePlayers(plan, target, time);
        var viewers = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / plan.PerSecond), time);
        var looked = time.GetTimestamp();
        string? breach = null;
        for (var i = 0; i < plan.Sessions && breach is null; i++)
        {
            viewers.Add(WatchAsync(players, stop));
            await timer.WaitForNextTickAsync(stop);
            // 3
            breach = Breach(judge);
            if (breach is not null || time.GetElapsedTime(looked) < s_lookEvery) continue;
            looked = time.GetTimestamp();
            breach = await lever.ReversionAsync(stop);
        }

        if (breach is null)
        {
            await Task.WhenAll(viewers);
            breach = Breach(judge) ?? await lever.ReversionAsync(stop);
        }

        // 4
        if (breach is not null)
        {
            await lever.RevertAsync(breach, stop);
            await Task.WhenAll(viewers);
        }

        // 5
        var verdict = judge?.Look(_state);
        return new WaveResult(
            plan.Name,
            breach is not null ? Decision.Revert : verdict?.Decision ?? Decision.Hold,
            breach ?? verdict?.Summary ?? "No control to compare with: the gateway's own triggers and gates watched this wave, and none went off.",
            _state.Control.Sessions,
            _state.Treatment.Sessions,
            _interrupted,
            verdict?.Evidence ?? []);
    }

    private async Task WatchAsync(WavePlayers players, CancellationToken stop)
    {
        if (await new WaveViewer(plan, lever, players, target, time).PlayAsync(stop) is not { } outcome) return;
        lock (_lock)
        {
            _state.Add(outcome);
            if (outcome.Interrupted) _interrupted++;
        }
    }

    private string? Breach(Judge? judge)
    {
        if (judge is null) return null;
        lock (_lock)
        {
            if (!judge.IsReverting(_state)) return null;
            return judge.Look(_state).Summary;
        }
    }
}
