using System.Globalization;
using Gateway.Caching;
using Gateway.Caching.Fetching;

namespace Gateway.Responses;

/// <summary>
/// The member that this gateway appends to <c>Cache-Status</c> (RFC 9211). It has no <c>key</c>: that would tell a client about other clients' requests. Its only
/// <c>detail</c> is <c>disk</c>, for a hit that was read from there.
/// </summary>
internal static class CacheStatus
{
    /// <param name="reply">The reply.</param>
    /// <param name="name">Of the cache.</param>
    public static string Of(CacheReply reply, string name = "gateway")
    {
        // Neither answered from the cache nor forwarded: the client asked for a stored response only (only-if-cached), and there is none.
        if (reply.Result == CacheResult.NotHeld) return name;
        if (reply.Forward == ForwardReason.None)
        {
            var detail = reply.FromDisk ? "; detail=disk" : string.Empty;
            return reply.FreshFor is { } fresh
                ? string.Create(CultureInfo.InvariantCulture, $"{name}; hit; ttl={(long)fresh.TotalSeconds}{detail}")
                : $"{name}; hit{detail}";
        }

        var forward = Label(reply.Forward);
        var status = reply.ForwardStatus is { } code ? string.Create(CultureInfo.InvariantCulture, $"; fwd-status={code}") : string.Empty;
        var stored = reply.Stored ? "; stored" : string.Empty;
        var collapsed = reply.Collapsed ? "; collapsed" : string.Empty;
        return $"{name}; fwd={forward}{status}{stored}{collapsed}";
    }

    private static string Label(ForwardReason reason) => reason switch
    {
        ForwardReason.Method => "method",
        ForwardReason.VaryMiss => "vary-miss",
        ForwardReason.Request => "request",
        ForwardReason.Stale => "stale",
        _ => "uri-miss",
    };
}
