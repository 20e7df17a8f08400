namespace Gateway.Load.Baseline;

/// <summary>One start-up, as a <c>player.startup_timeline</c> or <c>session.startup_timeline</c> event tells it.</summary>
/// <param name="TotalToAudibleMs">From the wish to play until something was heard; null when the event has no such number.</param>
/// <param name="Outcome">In lower case; empty when the event has none.</param>
/// <param name="Engine">Which engine played, for the comparison of populations; null when not told.</param>
internal readonly record struct StartupSample(double? TotalToAudibleMs, string Outcome, string? Engine)
{
    public bool IsTimeout => Outcome is "startup_timeout" or "timeout";
}
