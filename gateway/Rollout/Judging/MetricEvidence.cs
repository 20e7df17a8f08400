namespace Gateway.Rollout.Judging;

/// <summary>What is known about one metric, and how near it is to a decision.</summary>
internal sealed record MetricEvidence
{
    public required string Metric { get; init; }

    /// <summary><c>share</c> (of sessions or of time) or <c>ms</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>What control has; null when nothing is known or, for a time, when it never ended.</summary>
    public required double? Control { get; init; }

    /// <summary>What the wave has.</summary>
    public required double? Treatment { get; init; }

    /// <summary>Natural logarithm of the e-value against "no harm".</summary>
    public required double LogEvidence { get; init; }

    /// <summary>Natural logarithm of 1/α of this metric in this wave: reversion from here on.</summary>
    public required double LogLimit { get; init; }

    /// <summary>The largest harm that is not refuted: a difference of shares, or for a time the wave's upper end in milliseconds; null when unbounded.</summary>
    public required double? HarmUpper { get; init; }

    /// <summary>What it has to be at most for promotion, in the same unit.</summary>
    public required double Margin { get; init; }

    public required bool IsReverting { get; init; }

    public required bool IsWithinMargin { get; init; }

    /// <summary>The same in a sentence, for an operator.</summary>
    public required string Text { get; init; }

    /// <summary>e-value; infinite beyond what a number can hold, so that pages should draw <see cref="Progress"/>.</summary>
    public double EValue => Math.Exp(LogEvidence);

    public double Limit => Math.Exp(LogLimit);

    /// <summary>How far on the way to reversion, 0–1, on the scale of the logarithm, on which evidence grows evenly.</summary>
    public double Progress => Math.Clamp(LogEvidence / LogLimit, 0, 1);
}
