using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>
/// Replaces a body that one reader cannot read on. A body that broke before any of it was handed out is fetched once more: its client has got nothing so far,
/// and need not learn of it. All its readers share the new fetch. A reader that was cut because it held up the others goes on alone.
/// </summary>
internal sealed class BodyRetry(FetchCoalescer coalescer, CacheRequest request)
{
    /// <summary>Fields that tell one version of a resource from another, or change how its bytes are read.</summary>
    private static readonly string[] OfTheVersion = ["ETag", "Last-Modified", "Content-Length", "Content-Range", "Content-Encoding", "Content-Type"];

    /// <summary>
    /// A reply whose body replaces the broken one; null when there is none, or when it is of another version than the head that went out already. A
    /// <see cref="CacheRequest.Verbatim"/> request is not repeated: only client and upstream know what that would mean.
    /// </summary>
    public async ValueTask<CacheReply?> OpenAsync(CacheReply broken, OriginFailure failure, CancellationToken leaving)
    {
        if (request.Verbatim || failure is OriginFailure.Stopping or OriginFailure.Cancelled) return null;
        var reply = await coalescer.OpenAsync(CacheKey.Of(request), request, CacheDirectives.OfRequest(request.Fields), ForwardReason.UriMiss, leaving);
        if (reply.Failure is null && IsSameVersion(reply.Head, broken.Head))
        {
            (reply as ArrivingReply)?.IsLastTry();
            return reply;
        }

        reply.Dispose();
        return null;
    }

    /// <summary>The rest of a body, for a reader that was cut; null when it cannot be fetched by itself.</summary>
    public async ValueTask<CacheReply?> ResumeAsync(CacheReply cut, long position, CancellationToken leaving) =>
        request.Verbatim ? null : await ResumedReply.OpenAsync(coalescer.Parts, request, cut, position, leaving);

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
