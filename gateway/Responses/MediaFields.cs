using System.Collections.Frozen;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Origin;
using Microsoft.Extensions.Primitives;

namespace Gateway.Responses;

/// <summary>
/// Writes the header fields of a media response: upstream's, without those that the gateway sets itself or that would lead the player
/// past the gateway, and the gateway's own.
/// </summary>
internal static class MediaFields
{
    /// <summary>Lifetime at the client of media for which upstream states none: segments of VOD do not change. Clocks, licences and beacons do.</summary>
    private const string DefaultCacheControl = "public, max-age=3600";

    // Set-Cookie belongs to one client, the object to all. Alt-Svc, Clear-Site-Data and Strict-Transport-Security hold for upstream's host, Access-Control-*
    // for its clients. The rest is computed here.
    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "Public-Key-Pins", "Report-To", "Reporting-Endpoints", "NEL",
        "Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy",
        "Cross-Origin-Embedder-Policy", "Clear-Site-Data", "Service-Worker-Allowed", "Refresh", "WWW-Authenticate",
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Max-Age", "Timing-Allow-Origin",
        "Age", "Content-Length", "Content-Range", "Accept-Ranges", "Cache-Status", "X-Served-From", "X-Session-Id", "X-Session-Ticket", "Transfer-Encoding",

        // These tell a server in front to send something else, or to store what it must not. They are meant for upstream's front server; ours may be another.
        "X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Buffering", "X-Accel-Limit-Rate", "X-Accel-Charset", "X-Sendfile", "X-LIGHTTPD-send-file", "X-Reproxy-URL");

    /// <summary>Everything but length and range.</summary>
    public static void Write(HttpResponse response, CacheReply reply, CacheRequest wanted, ServedFrom source)
    {
        var headers = response.Headers;
        foreach (ref readonly var field in reply.Head.Fields) Append(headers, field);

        if (IsUntold(headers.ContentType) && TypeOf(wanted.Address.Path) is { } type) headers.ContentType = type;
        // A key or a licence without a stated lifetime is not for caches to store.
        if (IsSilent(reply.Head)) headers.CacheControl = wanted.Rules.KeptByDefault ? DefaultCacheControl : "no-store";
        headers.AcceptRanges = "bytes";
        if (reply.WasHeld || reply.Head.TryGet("Age", out _)) headers.Age = Freshness.Format(reply.Age);
        WriteSource(response, reply, source);
    }

    /// <summary>Writes <c>X-Served-From</c> and <c>Cache-Status</c>, which manifests and upstream's error replies carry as well.</summary>
    public static void WriteSource(HttpResponse response, CacheReply reply, ServedFrom source)
    {
        response.Headers["X-Served-From"] = Label(source);
        // Server-Timing is for a page whose media element fetches by itself: scripts see no header of such a response, but they see its timing.
        response.Headers.Append("Server-Timing", TimingOf(source));
        var upstreams = reply.Head.Combined("Cache-Status");
        var own = CacheStatus.Of(reply);
        response.Headers["Cache-Status"] = upstreams is null ? own : $"{upstreams}, {own}";
    }

    /// <summary>Adds one of upstream's field lines, unless it is one of <see cref="Ours"/>. What nearly every response has, in the spelling in which it is read from upstream, goes to its place without a search by name.</summary>
    private static void Append(IHeaderDictionary headers, in HeaderLine field)
    {
        switch (field.Name)
        {
            case "Content-Type":
                headers.ContentType = StringValues.Concat(headers.ContentType, field.Value);
                break;
            case "Cache-Control":
                headers.CacheControl = StringValues.Concat(headers.CacheControl, field.Value);
                break;
            case "ETag":
                headers.ETag = StringValues.Concat(headers.ETag, field.Value);
                break;
            case "Last-Modified":
                headers.LastModified = StringValues.Concat(headers.LastModified, field.Value);
                break;
            case "Date":
                headers.Date = StringValues.Concat(headers.Date, field.Value);
                break;
            case "Server":
                headers.Server = StringValues.Concat(headers.Server, field.Value);
                break;
            case "Content-Length" or "Accept-Ranges":
                break;
            default:
                if (!Ours.Contains(field.Name)) headers.Append(field.Name, field.Value);
                break;
        }
    }

    /// <summary>Upstream states no lifetime, and nothing that makes the reply one user's.</summary>
    private static bool IsSilent(ResponseHead head) =>
        head.Status is 200 or 206 && !head.TryGet("Cache-Control", out _) && !head.TryGet("Expires", out _) && !head.TryGet("Set-Cookie", out _);

    /// <summary>A server that does not know an extension says so by this type, or by none.</summary>
    private static bool IsUntold(in StringValues type) => type.Count == 0 || (type is [{ } one] && one.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase));

    /// <summary>Content-Type for media that upstream sends without a telling one: a player may refuse such a type, and no browser may look into the bytes (<see cref="MediaSafety"/>).</summary>
    private static string? TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".ts" => "video/mp2t",
        ".m4s" or ".cmfv" => "video/iso.segment",
        ".mp4" or ".m4v" => "video/mp4",
        ".m4a" or ".m4b" or ".cmfa" => "audio/mp4",
        ".aac" => "audio/aac",
        ".webm" => "video/webm",
        ".wav" => "audio/wav",
        ".flac" => "audio/flac",
        ".mp3" => "audio/mpeg",
        ".ogg" or ".oga" or ".opus" => "audio/ogg",
        ".mka" => "audio/x-matroska",
        ".mkv" => "video/x-matroska",
        ".mov" => "video/quicktime",
        ".vtt" or ".webvtt" => "text/vtt",
        _ => null,
    };

    /// <summary>Where the bytes of a reply came from.</summary>
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
