namespace Gateway.Rollout.Judging;

/// <summary>A trigger that went off.</summary>
/// <param name="Trigger"><c>sessionCreateFailures</c>, <c>handoffRecoveryFailures</c>, <c>segmentManifestInstability</c> or <c>deploymentDisruption</c>.</param>
/// <param name="Value">The rate in the window.</param>
/// <param name="Limit">The one it is over.</param>
/// <param name="OnlyActiveWave">Whether only the active wave goes back, and earlier ones keep what they have.</param>
/// <param name="Text">The same for people.</param>
internal sealed record TriggerFiring(string Trigger, double Value, double Limit, bool OnlyActiveWave, string Text);
