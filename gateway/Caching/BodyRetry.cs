using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// Asks once more for a body that broke before any of it was handed out: its client has got nothing so far, and need not learn of it. Those who read along ask together, like
/// everybody who asks for the same.
/// </summary>
internal sealed class BodyRetry(Fetches fetches, MediaRequest request)
{
    /// <summary>Fields that tell one version of a resource from another, or change how its bytes are read.</summary>
    private static readonly string[] OfTheVersion = ["ETag", "Last-Modified", "Content-Length", "Content-Range", "Content-Encoding", "Content-Type"];

    /// <summary>
    /// A reply whose body takes the place of the broken one; null when there is none, or when it is of another version than the head that was told already. What goes
    /// up as its client sent it is not repeated: what that would mean is for client and upstream to know.
    /// </summary>
    public async ValueTask<CellarReply?> OpenAsync(CellarReply broken, OriginFailure failure, CancellationToken leaving)
    {
        if (request.Verbatim || failure is OriginFailure.Stopping or OriginFailure.Cancelled) return null;
        var reply = await fetches.OpenAsync(CellarKey.Of(request), request, CacheDirectives.OfRequest(request.Fields), ForwardReason.UriMiss, leaving);
        if (reply.Failure is null && IsSameVersion(reply.Head, broken.Head))
        {
            (reply as ArrivingReply)?.IsLastTry();
            return reply;
        }

        reply.Dispose();
        return null;
    }

    private static bool IsSameVersion(ResponseHead one, ResponseHead other)
    {
        if (one.Status != other.Status) return false;
        foreach (var name in OfTheVersion)
        {
            if (!string.Equals(one[name], other[name], StringComparison.Ordinal)) return false;
        }

        return true;
    }
}
