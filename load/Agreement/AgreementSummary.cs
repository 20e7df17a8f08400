namespace Gateway.Load.Agreement;

/// <summary>What one player's rows come to.</summary>
internal sealed record AgreementSummary
{
    public const int StartupLimitMs = 150;

    public required string Player { get; init; }

    public required int Traces { get; init; }

    public required int Compared { get; init; }

    public required int Agreeing { get; init; }

    public double AgreeingShare => Compared == 0 ? 0 : (double)Agreeing / Compared;

    public required int ExpectedStalls { get; init; }

    public required int ActualStalls { get; init; }

    public required double ExpectedStalledSeconds { get; init; }

    public required double ActualStalledSeconds { get; init; }

    /// <summary>Share by which the virtual player stalled longer in all; negative for less.</summary>
    public double StalledDifference => ExpectedStalledSeconds == 0 ? 0 : (ActualStalledSeconds / ExpectedStalledSeconds) - 1;

    public required int StartupsWithin150Ms { get; init; }

    /// <summary>Largest difference, without its sign; null when one of them had no picture where the other had.</summary>
    public required int? WorstStartupMs { get; init; }

    public static AgreementSummary Of(string player, IReadOnlyList<AgreementRow> rows) => new()
    {
        Player = player,
        Traces = rows.Count,
        Compared = rows.Sum(r => r.Compared),
        Agreeing = rows.Sum(r => r.Agreeing),
        ExpectedStalls = rows.Sum(r => r.Expected.Stalls),
        ActualStalls = rows.Sum(r => r.Actual.Stalls),
        ExpectedStalledSeconds = rows.Sum(r => r.Expected.StalledMs) / 1000.0,
        ActualStalledSeconds = rows.Sum(r => r.Actual.StalledMs) / 1000.0,
        StartupsWithin150Ms = rows.Count(r => r.StartupDifferenceMs is { } d && Math.Abs(d) <= StartupLimitMs),
        WorstStartupMs = rows.Any(r => r.StartupDifferenceMs is null) ? null : rows.Max(r => Math.Abs(r.StartupDifferenceMs!.Value)),
    };
}
