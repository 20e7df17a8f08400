namespace Gateway.Load.Qoe;

/// <summary>What came of one session: a figure for each viewer.</summary>
/// <param name="Session">Which.</param>
/// <param name="Alone">The player straight at the origin.</param>
/// <param name="Floor">The same player with the lowest rung only.</param>
/// <param name="Optimum">Seconds of stall with the future known.</param>
/// <param name="Arms">By arm.</param>
internal sealed record QoeResult(QoeSession Session, QoeOutcome[] Alone, QoeOutcome[] Floor, double[] Optimum, QoeOutcome[][] Arms);
