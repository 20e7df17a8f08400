using Gateway.Caching.Fetching;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>Which endings of a fetch say that upstream is away, and which that it is there. Others say neither: 500 and 429 are answers of a working origin, but not ones to go by.</summary>
internal static class OutageSigns
{
    /// <summary>No answer, or one of whoever stands before an origin that gives none. With Retry-After a 503 is that of an origin which works and says when: that is obeyed by retries, and else goes out.</summary>
    public static bool IsAway(FetchHead head)
    {
        if (head.Failure is { } failure) return failure is OriginFailure.Unreachable or OriginFailure.TimedOut or OriginFailure.CircuitOpen or OriginFailure.NoDestination;
        if (head.Entry is not { Head: { } answer } || answer.Status is not (502 or 503 or 504)) return false;
        return !answer.TryGet("Retry-After", out _);
    }

    public static bool IsAlive(OriginReply reply) => reply is { Answered: true, Head.Status: < 500 and not 429 };

    public static bool IsAlive(FetchHead head) => head.Entry is { Head.Status: < 500 and not 429 } && head.Ending is not (FetchEnding.OnDisk or FetchEnding.StaleIfError);
}
