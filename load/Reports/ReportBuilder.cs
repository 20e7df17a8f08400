using Gateway.Load.Scenarios;

namespace Gateway.Load.Reports;

/// <summary>Makes the report of a run that has ended.</summary>
internal static class ReportBuilder
{
    /// <param name="test">What was wanted.</param>
    /// <param name="run">What was recorded.</param>
    /// <param name="facts">What only the caller knows.</param>
    public static RunReport Build(LoadTest test, LoadRun run, RunFacts facts)
    {
        var steps = run.Steps.SelectMany(static s => s.Steps).ToArray();
        var metrics = run.Steps.SelectMany(static s => s.Metrics).GroupBy(static m => m.Key, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Sum(static m => m.Value), StringComparer.Ordinal);
        var recorder = run.Recorder;
        var figures = RunFigures.Of(recorder, steps, metrics, run.Lateness, facts.Duration);
        figures.AddRange(facts.More);
        figures.AddRange(EndFigures.Of(recorder.Timeline, facts.Duration));
        var sources = recorder.Sources;
        return new RunReport
        {
            Test = test.Name,
            Description = test.Description,
            Target = facts.Target,
            StartedAt = facts.StartedAt,
            DurationSeconds = Math.Round(facts.Duration.TotalSeconds, 3),
            Seed = test.Seed,
            Plan = PlanSum.Of(test),
            IsComplete = facts.IsComplete,
            IsVirtual = facts.IsVirtual,
            IsHarderWhenLate = test.IsHarderWhenLate,
            Machine = facts.Machine,
            Tester = new TesterCost(Math.Round(facts.CpuTime.TotalSeconds, 3), facts.PeakBytes, facts.SharedWith, sources.Buffer + sources.Cache + sources.Origin + sources.Unknown, facts.HeapBytesPerPlayer),
            Thresholds = [.. test.Thresholds.Select(t => Judge(t, figures))],
            // In virtual time nothing can be late.
            TesterFailure = facts.IsVirtual ? null : run.Lateness.Failure(),
            Figures = figures,
            Requests = [.. recorder.Requests.Concat(steps).Select(RequestSummary.Of)],
            StartUp = QuantilePoint.Of(recorder.StartUp),
            Timeline = TimelineReport.Of(recorder.Timeline, facts.Duration, facts.Origin),
            Marks = [.. test.Disturbances.Where(d => d.At <= facts.Duration).Select(static d => new Mark(d.At.TotalSeconds, d.Label))],
            Players = [.. recorder.Rows.OrderBy(static r => r.Scenario, StringComparer.Ordinal).ThenBy(static r => r.Ordinal)],
        };
    }

    private static ThresholdResult Judge(Threshold threshold, List<Figure> figures)
    {
        var figure = figures.Find(f => f.Name == threshold.Figure);
        // The 95th percentile of nothing is 0, and no limit was kept by that.
        var measured = figure is { Count: > 0 } ? figure.Value : (double?)null;
        return new ThresholdResult(threshold.Text, threshold.Figure, measured, figure?.Unit ?? FigureUnit.Number, threshold.IsKeptBy(measured));
    }
}
