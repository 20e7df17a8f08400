using Gateway.Caching.Fetching;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>
/// Which endings of a fetch say that upstream is away, and which that it is there. 500 and 429 say neither: they are answers of a working origin, but not ones to go by. Nor do other 4xx: whoever stands before an origin
/// knows a bad request, and a file that is not there, without it, and any client can bring them about.
/// </summary>
internal static class OutageSigns
{
    /// <summary>Whether a request is to wait after this. What upstream allows to be served while it is away is no failure.</summary>
    public static bool IsAway(FetchHead head) => head.Ending != FetchEnding.StaleIfError && SignOf(head.Failure, head.Entry?.Head) == UpstreamSign.Away;

    public static bool IsAlive(OriginReply reply) => Of(reply) == UpstreamSign.Alive;

    public static bool IsAlive(FetchHead head) => head.Ending is not (FetchEnding.OnDisk or FetchEnding.StaleIfError) && SignOf(head.Failure, head.Entry?.Head) == UpstreamSign.Alive;

    public static UpstreamSign Of(OriginReply reply) => SignOf(reply.Failure, reply.Head);

    /// <summary>
    /// Away is no answer, or one of whoever stands before an origin that gives none. With Retry-After a 503 is that of an origin which works and says when: that is obeyed by retries, and else goes out.
    /// </summary>
    private static UpstreamSign SignOf(OriginFailure? failure, ResponseHead? answer) => (failure, answer?.Status) switch
    {
        (OriginFailure.Unreachable or OriginFailure.TimedOut or OriginFailure.CircuitOpen or OriginFailure.NoDestination, _) => UpstreamSign.Away,
        (null, 502 or 503 or 504) => answer!.TryGet("Retry-After", out _) ? UpstreamSign.None : UpstreamSign.Away,
        (null, (>= 200 and < 300) or 304) => UpstreamSign.Alive,
        _ => UpstreamSign.None,
    };
}
