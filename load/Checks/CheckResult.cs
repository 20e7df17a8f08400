namespace Gateway.Load.Checks;

/// <summary>One line of a list of checks.</summary>
/// <param name="Area">What it belongs to: <c>session</c>, <c>hls</c> …</param>
/// <param name="Name">What should hold, as a sentence.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What was wrong, or why it was left out; empty for one that passed.</param>
internal sealed record CheckResult(string Area, string Name, CheckOutcome Outcome, string Detail);
