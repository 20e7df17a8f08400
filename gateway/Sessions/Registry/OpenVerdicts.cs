using Gateway.Problems;

namespace Gateway.Sessions.Registry;

/// <summary>The problem that a client gets when its session was not opened.</summary>
internal static class OpenVerdicts
{
    public static ProblemCode ProblemOf(OpenVerdict verdict) => verdict switch
    {
        OpenVerdict.Full => ProblemCode.Overloaded,
        OpenVerdict.TooManyStreams => ProblemCode.TooManyStreams,
        OpenVerdict.StoreUnavailable => ProblemCode.StoreUnavailable,
        OpenVerdict.RateLimited => ProblemCode.RateLimited,
        OpenVerdict.Draining => ProblemCode.Draining,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static ProblemCode ProblemOf(ResumeVerdict verdict) => verdict switch
    {
        ResumeVerdict.Ended => ProblemCode.SessionEnded,
        ResumeVerdict.Full => ProblemCode.Overloaded,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
