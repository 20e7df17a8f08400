namespace Gateway.Load.OriginFaults;

/// <summary>The whole comparison; the JSON file is this.</summary>
/// <param name="Rows">By kind of player; then all channels, and last all films.</param>
/// <param name="Levers">What the gateway did about it, by its own counters.</param>
/// <param name="TesterLatenessMs">99th percentile of how late the tester's own timers came: beyond 100 the figures are the machine's.</param>
internal sealed record OriginFaultsResult(FaultPlan Plan, double DurationSeconds, IReadOnlyList<string> Knobs, IReadOnlyList<OriginFaultsRow> Rows, IReadOnlyDictionary<string, long> Levers, double TesterLatenessMs)
{
    /// <summary>Most stall time behind the gateway, as a share of that straight at the origin.</summary>
    public const double Wanted = 0.05;

    /// <summary>Row of all viewers of channels: they play so close to the edge that a late machine stalls them as well, so it is shown and not judged.</summary>
    public const string Live = "live";

    /// <summary>Row of all viewers of films, which is judged.</summary>
    public const string Films = "film";

    public OriginFaultsRow Judged => Rows[^1];

    public bool HasPassed => Judged.Ratio is <= Wanted && Judged.Behind.WrongBytes == 0;
}
