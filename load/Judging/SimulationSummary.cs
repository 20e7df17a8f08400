namespace Gateway.Load.Judging;

/// <summary>What many simulated waves came to.</summary>
internal sealed record SimulationSummary
{
    public required int Runs { get; init; }

    public required double Share { get; init; }

    public required int Wave { get; init; }

    public required double Effect { get; init; }

    public required ModelledEffect On { get; init; }

    public required int Reverted { get; init; }

    public double RevertedShare => Runs == 0 ? 0 : (double)Reverted / Runs;

    /// <summary>Looks of all runs together.</summary>
    public required long Looks { get; init; }

    /// <summary>Harmed sessions of both arms until reversion; null when fewer than half of the runs (or 95 %) were reverted. A run that was not counts as later than all.</summary>
    public required double? EventsMedian { get; init; }

    public required double? EventsP95 { get; init; }

    /// <summary>Sessions of both arms until reversion.</summary>
    public required double? SessionsMedian { get; init; }

    public required double? SessionsP95 { get; init; }

    /// <summary>Sessions of the wave until reversion: those who suffered from it.</summary>
    public required double? TreatmentMedian { get; init; }

    public required int Promoted { get; init; }

    /// <summary>Sessions of both arms until promotion; null when fewer than half of the runs were promoted.</summary>
    public required double? PromotionMedian { get; init; }

    public required IReadOnlyDictionary<string, int> Triggers { get; init; }

    public static SimulationSummary Of(SimulationPlan plan, IReadOnlyList<SimulatedRun> runs)
    {
        double[] events = [.. runs.Select(static r => r.HasReverted ? r.Events : double.PositiveInfinity).Order()];
        double[] sessions = [.. runs.Select(static r => r.HasReverted ? r.Sessions : double.PositiveInfinity).Order()];
        double[] promotion = [.. runs.Select(static r => r.HasPromoted ? r.Sessions : double.PositiveInfinity).Order()];
        double[] treatment = [.. runs.Select(static r => r.HasReverted ? r.Treatment : double.PositiveInfinity).Order()];
        return new SimulationSummary
        {
            Runs = runs.Count,
            Share = plan.Share,
            Wave = plan.Wave,
            Effect = plan.Effect,
            On = plan.On,
            Reverted = runs.Count(static r => r.HasReverted),
            Looks = runs.Sum(static r => r.Sessions),
            EventsMedian = At(events, 0.5),
            EventsP95 = At(events, 0.95),
            SessionsMedian = At(sessions, 0.5),
            SessionsP95 = At(sessions, 0.95),
            TreatmentMedian = At(treatment, 0.5),
            Promoted = runs.Count(static r => r.HasPromoted),
            PromotionMedian = At(promotion, 0.5),
            Triggers = runs.Where(static r => r.Trigger is not null).CountBy(static r => r.Trigger!).ToDictionary(StringComparer.Ordinal),
        };
    }

    private static double? At(double[] sorted, double quantile)
    {
        if (sorted.Length == 0) return null;
        var value = sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)];
        return double.IsFinite(value) ? value : null;
    }
}
