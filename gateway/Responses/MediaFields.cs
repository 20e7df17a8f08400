using System.Collections.Frozen;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Origin;

namespace Gateway.Responses;

/// <summary>
/// Writes a response's header fields for media: upstream's own, without those that are the gateway's to say or that would lead the player
/// past the gateway, and the gateway's.
/// </summary>
internal static class MediaFields
{
    /// <summary>Lifetime at the client of media of which upstream states none: segments of VOD do not change. Clocks, licences and beacons do.</summary>
    private const string DefaultCacheControl = "public, max-age=3600";

    // Set-Cookie belongs to one client, the object to all. Alt-Svc, Clear-Site-Data and Strict-Transport-Security speak for upstream's host, Access-Control-*
    // for its readers. The rest is computed here.
    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "Public-Key-Pins", "Report-To", "Reporting-Endpoints", "NEL",
        "Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy",
        "Cross-Origin-Embedder-Policy", "Clear-Site-Data", "Service-Worker-Allowed", "Refresh", "WWW-Authenticate",
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Max-Age", "Timing-Allow-Origin",
        "Age", "Content-Length", "Content-Range", "Accept-Ranges", "Cache-Status", "X-Served-From", "X-Session-Id", "X-Session-Ticket", "Transfer-Encoding",

        // What tells the server in front to send something else, or to keep what it must not: meant for upstream's own, and another one may stand before us.
        "X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Buffering", "X-Accel-Limit-Rate", "X-Accel-Charset", "X-Sendfile", "X-LIGHTTPD-send-file", "X-Reproxy-URL");

    /// <summary>Everything but length and range.</summary>
    public static void Write(HttpResponse response, CacheReply reply, CacheRequest wanted, ServedFrom source)
    {
        var headers = response.Headers;
        foreach (ref readonly var field in reply.Head.Fields)
        {
            if (!Ours.Contains(field.Name)) headers.Append(field.Name, field.Value);
        }

        if (headers.ContentType.Count == 0 && TypeOf(wanted.Address.Path) is { } type) headers.ContentType = type;
        // A key or a licence that upstream says nothing of is not for caches to keep.
        if (IsSilent(reply.Head)) headers.CacheControl = wanted.Rules.KeptByDefault ? DefaultCacheControl : "no-store";
        headers.AcceptRanges = "bytes";
        if (reply.WasHeld || reply.Head.TryGet("Age", out _)) headers.Age = Freshness.Format(reply.Age);
        WriteSource(response, reply, source);
    }

    /// <summary><c>X-Served-From</c> and <c>Cache-Status</c>, which stand on manifests and on refusals of upstream as well.</summary>
    public static void WriteSource(HttpResponse response, CacheReply reply, ServedFrom source)
    {
        response.Headers["X-Served-From"] = Label(source);
        // The same for a page whose media element fetches by itself: scripts see no header of such a response, but they see its timing.
        response.Headers.Append("Server-Timing", TimingOf(source));
        var upstreams = reply.Head.Combined("Cache-Status");
        var own = CacheStatus.Of(reply);
        response.Headers["Cache-Status"] = upstreams is null ? own : $"{upstreams}, {own}";
    }

    /// <summary>Upstream leaves it to us: it states no lifetime, and nothing that makes the answer one user's.</summary>
    private static bool IsSilent(ResponseHead head) =>
        head.Status is 200 or 206 && !head.TryGet("Cache-Control", out _) && !head.TryGet("Expires", out _) && !head.TryGet("Set-Cookie", out _);

    /// <summary>Type of media that upstream sends without one: a player may refuse what is not declared.</summary>
    private static string? TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".ts" => "video/mp2t",
        ".m4s" or ".cmfv" => "video/iso.segment",
        ".mp4" or ".m4v" => "video/mp4",
        ".m4a" or ".cmfa" => "audio/mp4",
        ".aac" => "audio/aac",
        ".webm" => "video/webm",
        ".vtt" or ".webvtt" => "text/vtt",
        _ => null,
    };

    /// <summary>By which road the bytes of a reply came.</summary>
    public static ServedFrom SourceOf(CacheReply reply)
    {
        if (reply.WasPrefetched) return ServedFrom.Buffer;
        return reply.WasHeld ? ServedFrom.Cache : ServedFrom.Origin;
    }

    public static string Label(ServedFrom source) => source switch
    {
        ServedFrom.Buffer => "buffer",
        ServedFrom.Cache => "cache",
        _ => "origin",
    };

    private static string TimingOf(ServedFrom source) => source switch
    {
        ServedFrom.Buffer => "gateway;desc=buffer",
        ServedFrom.Cache => "gateway;desc=cache",
        _ => "gateway;desc=origin",
    };
}
