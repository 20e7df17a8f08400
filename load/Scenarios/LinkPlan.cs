namespace Gateway.Load.Scenarios;

/// <summary>The line of one viewer, as drawn.</summary>
/// <param name="Kbps">An even rate; 0 where a trace is followed.</param>
/// <param name="Trace">File with the rate over time; null for an even rate.</param>
/// <param name="Offset">Where in the trace it begins, as a share of its length from 0 to 1.</param>
/// <param name="RttMs">There and back.</param>
/// <param name="Group">Viewers with the same number share the line.</param>
internal sealed record LinkPlan(int Kbps, string? Trace, double Offset, double RttMs, long Group);
