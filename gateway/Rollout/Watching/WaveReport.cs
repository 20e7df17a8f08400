using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>What the latest look has seen.</summary>
/// <param name="Wave">Of which wave.</param>
/// <param name="At">When.</param>
/// <param name="Window">The last minute, of all gateways.</param>
/// <param name="Counts">The wave so far, of all gateways.</param>
/// <param name="Verdict">What the judge says of it.</param>
internal sealed record WaveReport(int Wave, DateTimeOffset At, TriggerWindow Window, JudgeState Counts, Verdict Verdict);
