namespace Gateway.Load.OriginFaults;

/// <summary>The whole comparison; the JSON file is this.</summary>
/// <param name="Rows">By kind of player; the last one is all together.</param>
/// <param name="TesterLatenessMs">99th percentile of how late the tester's own timers came: beyond 100 the figures are the machine's.</param>
internal sealed record OriginFaultsResult(FaultPlan Plan, double DurationSeconds, IReadOnlyList<string> Knobs, IReadOnlyList<OriginFaultsRow> Rows, double TesterLatenessMs)
{
    /// <summary>Most stall time behind the gateway, as a share of that straight at the origin.</summary>
    public const double Wanted = 0.05;

    public OriginFaultsRow All => Rows[^1];

    public bool HasPassed => All.Ratio is <= Wanted && All.Behind.WrongBytes == 0;
}
