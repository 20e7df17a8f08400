namespace Gateway.Load.Reports;

/// <summary>One number of a run, under the name that thresholds and comparisons use.</summary>
/// <param name="Name">Words with dots: <c>startup.p95</c>.</param>
/// <param name="Value">In its unit.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Count">How many observations it stands on.</param>
internal sealed record Figure(string Name, double Value, FigureUnit Unit, long Count);
