namespace Gateway.Load.Reports;

/// <summary>A moment that charts show as a line.</summary>
internal sealed record Mark(double Seconds, string Label);
