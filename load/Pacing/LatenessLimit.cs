namespace Gateway.Load.Pacing;

/// <summary>
/// How late the tester may be before its figures count as wrong. Start-up is told to about 100 ms, so a tester that adds more than that to one start in a hundred
/// measures itself; timers of a machine at full load come some 20 ms late, 250 ms only if something waits for the processor.
/// </summary>
/// <param name="Quantile">Of all starts and timers, 0 to 1.</param>
/// <param name="Starts">Allowed at that quantile between the intended and the actual start of a player.</param>
/// <param name="Timers">Allowed at that quantile for a timer.</param>
internal sealed record LatenessLimit(double Quantile, TimeSpan Starts, TimeSpan Timers)
{
    public static LatenessLimit Standard { get; } = new(0.99, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));
}
