using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>What the latest look has seen.</summary>
/// <param name="Wave">Of which wave.</param>
/// <param name="At">When.</param>
/// <param name="Window">The last minute, of all gateways.</param>
/// <param name="Counts">The wave so far, of all gateways.</param>
/// <param name="Verdict">Null where there is no control group to compare with.</param>
/// <param name="Gates">The absolute gates.</param>
internal sealed record WaveReport(int Wave, DateTimeOffset At, TriggerWindow Window, JudgeState Counts, Verdict? Verdict, IReadOnlyList<GateOutcome> Gates);
