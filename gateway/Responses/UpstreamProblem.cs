using System.Globalization;
using Gateway.Caching;
using Gateway.Origin;
using Gateway.Problems;

namespace Gateway.Responses;

/// <summary>
/// What a client is told when upstream did not give the resource. A player must tell apart what will come (503), what is not there (404)
/// and what is broken (502, 504); upstream's own words never go out.
/// </summary>
internal static class UpstreamProblem
{
    /// <summary>Null when the reply can be served.</summary>
    public static ProblemCode? Of(CacheReply reply)
    {
        if (reply.Failure is { } failure) return Of(failure);
        return reply.Head.Status switch
        {
            >= 200 and < 300 => null,
            // A request that upstream finds wrong (a blocking reload too far ahead) is the client's.
            400 or 414 => ProblemCode.InvalidRequest,
            // What a living origin says about one resource is neither its fault nor ours: it is told as it was said, so that nobody is woken for it.
            401 => ProblemCode.AssetUnauthorized,
            403 => ProblemCode.AssetForbidden,
            404 => ProblemCode.AssetNotFound,
            405 => ProblemCode.AssetMethodNotAllowed,
            410 => ProblemCode.AssetGone,
            451 => ProblemCode.AssetWithheld,
            416 => ProblemCode.RangeNotSatisfiable,
            425 or 429 or 503 => ProblemCode.AssetNotReady,
            504 => ProblemCode.OriginTimeout,
            _ => ProblemCode.OriginBroken,
        };
    }

    /// <summary>Whether upstream says that there is nothing, as far as it says so: object stores answer 403 where a key is missing and listing is not allowed.</summary>
    public static bool IsAbsence(ProblemCode? problem) => problem is ProblemCode.AssetNotFound or ProblemCode.AssetGone or ProblemCode.AssetForbidden;

    /// <summary>Upstream's Retry-After in seconds, which is obeyed towards clients as well, and the methods that it names when it refuses one.</summary>
    public static ProblemNotes? NotesOf(CacheReply reply)
    {
        if (reply.Failure is null && reply.Head.Status == StatusCodes.Status405MethodNotAllowed) return new ProblemNotes { Allow = reply.Head.Combined("Allow") ?? "" };
        if (reply.Failure is not null || !reply.Head.TryGet("Retry-After", out var value)) return null;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? new ProblemNotes { RetryAfter = TimeSpan.FromSeconds(seconds) }
            : null;
    }

    private static ProblemCode Of(OriginFailure failure) => failure switch
    {
        OriginFailure.TimedOut or OriginFailure.TooSlow => ProblemCode.OriginTimeout,
        OriginFailure.BadRedirect or OriginFailure.Protocol or OriginFailure.Cut => ProblemCode.OriginBroken,
        OriginFailure.CircuitOpen or OriginFailure.NoDestination => ProblemCode.OriginUnavailable,
        OriginFailure.BadAddress => ProblemCode.PathRefused,
        OriginFailure.Stopping => ProblemCode.Draining,
        _ => ProblemCode.OriginUnreachable,
    };
}
