using System.Globalization;
using Gateway.Caching;
using Gateway.Origin;
using Gateway.Problems;

namespace Gateway.Responses;

/// <summary>
/// Chooses the problem that a client gets when upstream did not give the resource. A player must tell apart a resource that will come (503), one that does not exist (404)
/// and a failure (502, 504); upstream's error body never goes out.
/// </summary>
internal static class UpstreamProblem
{
    /// <summary>A build that failed for want of a connection, or with its encoder, is tried again by the next request.</summary>
    private static readonly ProblemNotes Interrupted = new() { State = HintState.Waiting };

    private static readonly ProblemNotes NotConfigured = new()
    {
        Detail = $"No origin is configured for this path. Whoever runs the gateway sets {OriginRegistration.ProxySection}:Clusters:{OriginOptions.DefaultCluster}:Destinations:a:Address; the gateway's log names what looks like it.",
    };

    /// <summary>Null when the reply can be served.</summary>
    public static ProblemCode? Of(CacheReply reply)
    {
        if (reply.Failure is { } failure) return Of(failure);
        return reply.Head.Status switch
        {
            >= 200 and < 300 => null,
            // A request that upstream finds wrong (a blocking reload too far ahead) is the client's mistake.
            400 or 414 => ProblemCode.InvalidRequest,
            // A healthy origin's status for one resource is neither its fault nor ours: it goes out with the same status, so that it raises no alert.
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

    /// <summary>Whether the same request may be answered soon.</summary>
    public static bool MayPass(CacheReply reply) => reply.Failure is OriginFailure.Unreachable or OriginFailure.TimedOut or OriginFailure.CircuitOpen or OriginFailure.NoDestination || (reply.Failure is null && reply.Head.Status is 502 or 503 or 504);

    /// <summary>Whether upstream has no such resource, as far as its status tells: object stores answer 403 where a key is missing and listing is not allowed.</summary>
    public static bool IsAbsence(ProblemCode? problem) => problem is ProblemCode.AssetNotFound or ProblemCode.AssetGone or ProblemCode.AssetForbidden;

    /// <summary>Upstream's Retry-After in seconds, which clients get as well, its Allow when it refuses a method, and that a broken build may succeed.</summary>
    public static ProblemNotes? NotesOf(CacheReply reply)
    {
        if (reply.Failure == OriginFailure.BuildInterrupted) return Interrupted;
        if (reply.Failure == OriginFailure.NoCluster) return NotConfigured;
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
        OriginFailure.CircuitOpen or OriginFailure.NoCluster or OriginFailure.NoDestination => ProblemCode.OriginUnavailable,
        OriginFailure.BadAddress => ProblemCode.PathRefused,
        OriginFailure.BuildFailed or OriginFailure.BuildInterrupted => ProblemCode.AssetBuildFailed,
        OriginFailure.Stopping => ProblemCode.Draining,
        _ => ProblemCode.OriginUnreachable,
    };
}
