namespace Gateway.Load.Baseline;

/// <summary>How a gate came out.</summary>
/// <param name="Name">What was judged.</param>
/// <param name="HasPassed">Null when there is nothing to judge by, which stops nothing by itself.</param>
/// <param name="Told">The figure and its limit.</param>
internal sealed record GateResult(string Name, bool? HasPassed, string Told);
