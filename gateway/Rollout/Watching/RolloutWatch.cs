using Gateway.Hosting;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>
/// Looks every few seconds at what all gateways have counted: (1) own counts are exchanged for the sum of all; (2) the triggers look at the last minute, (3) the judge at the wave; (4) either may revert;
/// (5) where that is switched on, the next stage is taken once nothing is missing.
/// </summary>
/// <remarks>
/// One owner, one timer. Every gateway looks for itself, at the same sums: whoever sees a breach first reverts here at once and everywhere by the shared state, in which one of several wins. With the store away
/// a gateway judges by its own counts alone. The judge's counts are sums of whole rows, so the last few seconds of a killed gateway are missing, in both arms alike.
/// </remarks>
internal sealed partial class RolloutWatch(RolloutControl control, RolloutCounts counts, TriggerOptions options, RolloutMetrics metrics, TimeProvider time, ILogger<RolloutWatch> log) : PeriodicService
{
    private TriggerMatrix? _matrix;
    private Judge? _judge;
    private int _wave;
    private double _share;
    private volatile WaveReport? _latest;

    /// <summary>The latest look; null before the first.</summary>
    public WaveReport? Latest => _latest;

    /// <summary>What speaks for the next stage, by the latest look.</summary>
    public StageEvidence Evidence()
    {
        if (_latest is not { } report || report.Wave != control.Current.Wave) return StageEvidence.None;
        return new StageEvidence([], report.Verdict.Missing);
    }

    /// <summary>Added to by whoever counts with each look (sessions count their fetches).</summary>
    public Action? BeforeLook { get; set; }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        control.Evidence = Evidence;
        metrics.Comparison = () => _latest is { } latest && latest.Wave == control.Current.Wave ? (latest.Counts, latest.Verdict) : null;
        return base.StartAsync(cancellationToken);
    }

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(options.Interval, time);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        BeforeLook?.Invoke();
        var state = control.Current;
        if (!control.IsKnown) return;
        // 1
        var sum = await counts.SumAsync(state, stopping);
        if (sum is not var (all, window) || state.Reversion is not null) return;
        Prepare(state);
        // 2
        var firing = _matrix!.Look(window);
        // 3
        var verdict = _judge?.Look(all) ?? Judge.WithoutControl(all, _share);
        _latest = new WaveReport(state.Wave, time.GetUtcNow(), window, all, verdict);
        // 4
        if (firing is not null) control.Revert(Reversion(state, firing));
        else if (verdict.Decision == Decision.Revert) control.Revert(Reversion(state, verdict));
        // 5
        else if (control.Options.AutoPromote) await PromoteAsync(state, stopping);
    }

    /// <summary>A new wave, or another share, begins with fresh looks.</summary>
    private void Prepare(RolloutState state)
    {
        var share = control.Mode == EngineMode.Staged ? StageScope.Of(state.Stage, control.Options).Share : 1;
        if (_matrix is not null && _wave == state.Wave && _share == share) return;
        _wave = state.Wave;
        _share = share;
        _matrix = new TriggerMatrix(options.Limits(state));
        _judge = share is >= JudgePlan.SmallestShare and <= 1 - JudgePlan.SmallestShare ? new Judge(new JudgePlan { Wave = state.Wave, Share = share }) : null;
    }

    private async Task PromoteAsync(RolloutState state, CancellationToken stopping)
    {
        if (state.Stage is 0 or StageScope.Highest || RolloutRules.MissingForNext(state, Evidence(), control.Options, time.GetUtcNow()).Count > 0) return;
        await control.ChangeAsync(new RolloutChange { Stage = state.Stage + 1, By = "automatic" }, state.Version, stopping);
    }

    private Reversion Reversion(RolloutState state, TriggerFiring firing) => new()
    {
        Trigger = firing.Trigger switch
        {
            "sessionCreateFailures" => "session_create",
            "handoffRecoveryFailures" => "handoff",
            "segmentManifestInstability" => "fetch",
            _ => "deploy",
        },
        Observed = firing.Value,
        Limit = firing.Limit,
        Evidence = firing.Text,
        Scope = firing.OnlyActiveWave ? Control.Reversion.Wave : Control.Reversion.All,
        At = time.GetUtcNow(),
        Stage = state.Stage,
        DecidedOn = state.Wave,
        By = "automatic",
    };

    private Reversion Reversion(RolloutState state, Verdict verdict)
    {
        var evidence = verdict.Evidence.First(e => string.Equals(e.Metric, verdict.Trigger, StringComparison.Ordinal) && e.IsReverting);
        return new Reversion
        {
            Trigger = "judge",
            Observed = Math.Min(evidence.EValue, 1e300),
            Limit = evidence.Limit,
            Evidence = verdict.Summary,
            At = time.GetUtcNow(),
            Stage = state.Stage,
            DecidedOn = state.Wave,
            By = "automatic",
        };
    }
}
