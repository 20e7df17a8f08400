using System.Collections.Immutable;
using Gateway.Media;
using Gateway.Problems;
using Gateway.Rollout;

namespace Gateway.Sessions.Api;

/// <summary>What the origin said about a title.</summary>
/// <param name="Problem">Null when it is there.</param>
/// <param name="Notes">More about the problem.</param>
/// <param name="Protocol">By what it can be played.</param>
/// <param name="HasFile">Whether it is there as one file.</param>
/// <param name="Rungs">Bitrates of its ladder in bit/s, rising; empty where there is nothing to choose.</param>
internal readonly record struct TitleVerdict(ProblemCode? Problem, ProblemNotes? Notes, StreamingProtocol Protocol, bool HasFile, ImmutableArray<long> Rungs)
{
    /// <summary>Whether it can be played by either engine.</summary>
    public bool HasBoth => HasFile && Protocol != StreamingProtocol.File;

    /// <summary>The engine by which it can be played, where a client wants one of them.</summary>
    public PlaybackEngine EngineFor(PlaybackEngine wanted)
    {
        if (!HasFile) return PlaybackEngine.Segmented;
        return Protocol == StreamingProtocol.File ? PlaybackEngine.Direct : wanted;
    }
}
