using Gateway.Problems;

namespace Gateway.Sessions.Control;

/// <summary>What the origin said about a title.</summary>
/// <param name="Problem">Null when it is there.</param>
/// <param name="Notes">More about the problem.</param>
/// <param name="Protocol">By what it can be played.</param>
internal readonly record struct TitleVerdict(ProblemCode? Problem, ProblemNotes? Notes, StreamingProtocol Protocol);
