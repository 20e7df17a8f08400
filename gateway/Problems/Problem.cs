namespace Gateway.Problems;

/// <summary>One row of <see cref="ProblemTable"/>.</summary>
/// <param name="Code">Stable code for programs.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">One or two sentences for people: what is wrong and what to do.</param>
/// <param name="State">What it means for a player that is starting.</param>
/// <param name="Reason">Stable lower-case token of the start-up hint.</param>
internal sealed record Problem(string Code, int Status, string Detail, HintState State, string Reason);
