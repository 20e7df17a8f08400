namespace Gateway.Admin;

/// <summary>What is known of one metric of the comparison.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Progress">On the way to a reversion, 0 to 1, on the scale of the logarithm.</param>
/// <param name="Control">What the control group has; absent when it is not known.</param>
/// <param name="Treatment">What the wave has.</param>
/// <param name="Unit"><c>share</c> or <c>ms</c>.</param>
/// <param name="LogEvidence">Natural logarithm of the e-value against "no harm".</param>
/// <param name="LogLimit">Natural logarithm of 1/α: reversion from here on.</param>
/// <param name="IsWithinMargin">Whether it speaks for the next stage.</param>
/// <param name="Text">The same in a sentence.</param>
internal sealed record EvidenceSnapshot(string Metric, double Progress, double? Control, double? Treatment, string Unit, double LogEvidence, double LogLimit, bool IsWithinMargin, string Text);
