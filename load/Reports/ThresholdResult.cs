namespace Gateway.Load.Reports;

/// <summary>How a threshold came out.</summary>
/// <param name="Threshold">As it was written.</param>
/// <param name="Figure">Its figure.</param>
/// <param name="Measured">Null when the run has no such figure, which fails it.</param>
/// <param name="Unit">Of the figure.</param>
/// <param name="HasPassed">Whether it was kept.</param>
internal sealed record ThresholdResult(string Threshold, string Figure, double? Measured, FigureUnit Unit, bool HasPassed)
{
    public string Told => Measured is { } value ? FigureText.Of(value, Unit) : "not measured";
}
