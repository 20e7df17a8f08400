namespace Gateway.Load.Reports;

/// <summary>Everything that is told about a run; the JSON file is this, and every other form is made from it.</summary>
internal sealed record RunReport
{
    /// <summary>Of this form; a reader refuses what it does not know.</summary>
    public const int FormatVersion = 1;

    public int Format { get; init; } = FormatVersion;

    public required string Test { get; init; }

    public string Description { get; init; } = "";

    public required string Target { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double DurationSeconds { get; init; }

    public required int Seed { get; init; }

    /// <summary>A sum over test, seed and audience: equal in two runs whose players can be compared one by one.</summary>
    public required string Plan { get; init; }

    /// <summary>Whether the run went to its end; what was stopped by hand has not.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Time on the machine's clock, or virtual time.</summary>
    public bool IsVirtual { get; init; }

    public required MachineFacts Machine { get; init; }

    public required TesterCost Tester { get; init; }

    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    /// <summary>Why the figures are not to be believed; null when the tester kept up.</summary>
    public string? TesterFailure { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    public required IReadOnlyList<RequestSummary> Requests { get; init; }

    /// <summary>Start-up from wish to picture: quantile and milliseconds.</summary>
    public required IReadOnlyList<QuantilePoint> StartUp { get; init; }

    public required TimelineReport Timeline { get; init; }

    /// <summary>What happened to the system, and when.</summary>
    public required IReadOnlyList<Mark> Marks { get; init; }

    public required IReadOnlyList<PlayerRow> Players { get; init; }

    /// <summary>Whether limits that were kept count although the tester was late: <see cref="Scenarios.LoadTest.IsHarderWhenLate"/>.</summary>
    public bool IsHarderWhenLate { get; init; }

    /// <summary>Whether nothing can be said, because the tester was late and something was not kept, or would not have been by one on time.</summary>
    public bool IsInvalid => TesterFailure is not null && !(IsHarderWhenLate && Thresholds.All(static t => t.HasPassed));

    /// <summary>Whether nothing failed.</summary>
    public bool HasPassed => !IsInvalid && IsComplete && Thresholds.All(static t => t.HasPassed);

    public double? ValueOf(string figure) => Figures.FirstOrDefault(f => f.Name == figure)?.Value;
}
