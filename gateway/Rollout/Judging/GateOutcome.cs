namespace Gateway.Rollout.Judging;

/// <summary>How an absolute gate came out.</summary>
/// <param name="Name">What was judged.</param>
/// <param name="Value">The figure: a count, a share or milliseconds; null when there is none.</param>
/// <param name="Limit">In the same unit.</param>
/// <param name="HasPassed">Whether the wave may go on for its sake.</param>
/// <param name="Text">Figure and limit for people.</param>
internal sealed record GateOutcome(string Name, double? Value, double Limit, bool HasPassed, string Text);
