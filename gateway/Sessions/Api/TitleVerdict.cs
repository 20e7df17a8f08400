using System.Collections.Immutable;
using Gateway.Media;
using Gateway.Problems;

namespace Gateway.Sessions.Api;

/// <summary>What the origin said about a title.</summary>
/// <param name="Problem">Null when it is there.</param>
/// <param name="Notes">More about the problem.</param>
/// <param name="Protocol">By what it can be played.</param>
/// <param name="Rungs">Bitrates of its ladder in bit/s, rising; empty where there is nothing to choose.</param>
internal readonly record struct TitleVerdict(ProblemCode? Problem, ProblemNotes? Notes, StreamingProtocol Protocol, ImmutableArray<long> Rungs);
