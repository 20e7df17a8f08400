using System.Globalization;
using System.Text;

namespace Gateway.Testing;

/// <summary>
/// Hostile requests as bytes: at every route, with broken spellings of paths and queries, ill-formed tokens and tickets, odd, doubled and endless headers, and
/// the bodies of <see cref="HostileJson"/>. Most requests are hostile in one thing and well-formed in the rest, so that the code behind the first check is reached too. The same seed
/// gives the same requests.
/// </summary>
internal sealed class HostileRequests(int seed, HostileTargets targets)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "CONNECT", "get", "FOO"];

    private static readonly string[] Odd =
    [
        "", "%", "%2", "%zz", "%00", "%0d%0aX:1", "%2e%2e", "..", ".", "%2F", "%252F", "%5c", "\\", ";x", ";x=1/", "//", "///", "%ff%fe", "%ed%a0%80", "%c0%af", "\u00e9", "*", "?", "#", "&", "=", "[", "]", "{a}", "|",
        "\t", "~", "'", "\"", "<script>", "$(x)", "1e999", "-1", "9223372036854775808", "123456789012345678901234567890", "0x10", "NaN", "\u0000", "\u007f", "%f0%9f%98%80", "%u0041",
    ];

    private static readonly string[] Media = ["demo/master.m3u8", "demo/manifest.mpd", "demo/v360/seg_00003.m4s", "demo/v360/media.m3u8", "demo-ts/master.m3u8", "demo/direct.mp4", "nothing/there.m3u8", "demo/"];

    private static readonly string[] Pages =
    [
        "/", "/index.html", "/admin/", "/admin/admin.js", "/css/page.css", "/js/page.js", "/icon.svg", "/titles.json", "/appsettings.json", "/openapi/v1.json", "/health/live", "/health/ready", "/metrics", "/window", "/capture",
        "/stream_sessions", "/stream/x/playlist.m3u8", "/internal/stream/x", "/api/v1/files/x/y", "/api/player/stream_chunk/x/1", "/.well-known/x", "*", "",
    ];

    private static readonly string[] Queries =
    [
        "_HLS_msn", "_HLS_part", "_HLS_skip", "CMCD", "access_token", "access%5ftoken", "hdnts", "prefix", "cluster", "user", "on", "a", "", "__proto__", "title",
    ];

    private static readonly string[] Headers =
    [
        "Range", "If-Range", "If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "Content-Encoding", "Authorization", "Cookie", "Origin", "Referer",
        "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "X-Admin-Key", "CMCD-Request", "CMCD-Object", "CMCD-Session", "CMCD-Status", "x-segmented-startup-load-id",
        "x-segmented-startup-correlation-id", "Access-Control-Request-Method", "Access-Control-Request-Headers", "X-HTTP-Method-Override", "X-Original-URL", "Cache-Control", "Pragma", "Expect", "Upgrade", "TE",
        "Connection", "Host", "traceparent", "X-Session-Id", "Sec-Fetch-Site", "Priority", "X",
    ];

    private static readonly string[] HeaderValues =
    [
        "", " ", ",", ",,,", ";", "=", "\"", "\"a", "W/\"", "*", "bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-0,2-3", "bytes=18446744073709551616-", "bytes=a-b", "bytes 0-1", "Mon, 99 Foo 2026 99:99:99 GMT", "0", "-1",
        "gzip;q=1e9", "gzip;q=-1, br;q=0.0001, *;q=", "identity;q=0", "application/openmetrics-text;version=\"1.0.0\";q=\"", "text/plain;;;=", "application/json; charset=utf-7", "Bearer", "Bearer ", "Bearer .", "Bearer ..", "Bearer a.b.c",
        "Basic AAAA", "a=b; a=c; =; ;;", "null", "http://", "http://evil.example", "for=\"[::1\"", "127.0.0.1, , x, ::1", "[", "999.999.999.999", "100-continue", "websocket", "h2c", "trailers", "close, keep-alive",
        "br=4000,bs,bl=-2147483647,d=1e99,sid=\"\\\"\",ot=\"", "bl=99999999999999999999,nor=\"..%2f..%2fx\",nrr=\"-\",sf=z,st=\"", "00-00000000000000000000000000000000-0000000000000000-ff", "\u00ff\u00fe", "localhost:99999", "a b", "u=9, i",
    ];

#pragma warning disable CA5394 // A test's random numbers must be repeatable.
    private readonly Random _dice = new(seed);
    private readonly HostileJson _bodies = new(seed);

    /// <summary>The hostile part of the next request; <see cref="Thing.All"/> for everything.</summary>
    private Thing _thing;

    private enum Thing
    {
        Method,
        Path,
        Query,
        Headers,
        Credential,
        Body,
        Framing,
        All,
    }

    /// <param name="route">What it is aimed at, for the report.</param>
    /// <param name="isHead">Whether a response to it has no body.</param>
    public byte[] Next(out string route, out bool isHead)
    {
        _thing = (Thing)_dice.Next((int)Thing.All + 1);
        var withKey = !Is(Thing.Credential);
        var method = Is(Thing.Method) ? One(Methods) : One(["GET", "GET", "GET", "HEAD"]);
        (route, var target, method) = _dice.Next(10) switch
        {
            0 or 1 or 2 => ("control", Control(ref method), method),
            3 or 4 => ("play", "/play/" + Path(), method),
            5 or 6 or 7 => ("playback", $"/api/v1/playback/{Ticket()}/{(Is(Thing.Path) ? One(["origin", "other", One(Odd)]) : "origin")}/{Path()}", method),
            8 => ("admin", Admin(withKey, ref method), method),
            _ => ("pages", Spoiled(One(Pages)), method),
        };
        isHead = method == "HEAD";
        var text = new StringBuilder();
        text.Append(method).Append(' ').Append(OnOneLine(target)).Append(OnOneLine(Query())).Append(" HTTP/1.1\r\n");
        if (!Is(Thing.Headers) || _dice.Next(10) > 0) text.Append("Host: localhost\r\n");
        if (route == "admin" && withKey) text.Append("X-Admin-Key: ").Append(targets.AdminKey).Append("\r\n");
        if (route != "playback" || _dice.Next(3) == 0) text.Append("Authorization: Bearer ").Append(Token()).Append("\r\n");
        for (var left = Is(Thing.Headers) ? _dice.Next(1, 5) : 0; left > 0; left--) text.Append(One(Headers)).Append(": ").Append(HeaderValue()).Append("\r\n");
        return method is "POST" or "PUT" or "PATCH" || (method == "DELETE" && Is(Thing.Body)) ? WithBody(text) : Latin1(text.Append("\r\n"));
    }

    private bool Is(Thing thing) => _thing == thing || (_thing == Thing.All && _dice.Next(2) == 0);

    private byte[] WithBody(StringBuilder text)
    {
        var body = Is(Thing.Body) || _dice.Next(3) == 0
            ? _bodies.Next()
            : Encoding.UTF8.GetBytes(One(["""{"mediaId":"demo"}""", """{"positionSec":1,"isPlaying":true}""", """{"event":"x","n":1}""", """[{"event":"player.rebuffer"}]""", """{"jti":"x","until":"2026-12-31T00:00:00Z"}""", "{}"]));
        if (!Is(Thing.Headers)) text.Append("Content-Type: application/json\r\n");
        switch (Is(Thing.Framing) ? _dice.Next(4) : 9)
        {
            case 0:
                // Framing that contradicts itself; the server hangs up.
                text.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
                return [.. Latin1(text), .. body, .. "\r\n0\r\n\r\n"u8];
            case 1:
                text.Append(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
                return body.Length == 0 ? Latin1(text.Append("\r\n")) : [.. Latin1(text), .. body, .. "\r\n0\r\n\r\n"u8];
            case 2:
                text.Append(CultureInfo.InvariantCulture, $"Content-Length: {One(["-5", "5, 7", "0x5", "99999999999999999999", ""])}\r\n\r\n");
                return [.. Latin1(text), .. body];
            default:
                text.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
                return [.. Latin1(text), .. body];
        }
    }

    private string Control(ref string method)
    {
        const string root = "/api/v1/playback/sessions";
        var id = !Is(Thing.Path) ? targets.SessionId : One([Guid.Empty.ToString("N"), "x", One(Odd), new string('a', 32), targets.SessionId.ToUpperInvariant()]);
        if (!Is(Thing.Method) && _dice.Next(6) > 0) method = "POST";
        return Spoiled(_dice.Next(7) switch
        {
            0 => root,
            1 => $"{root}/{id}",
            2 => $"{root}/{id}/heartbeat",
            3 => $"{root}/{id}/handoff",
            _ => $"{root}/{id}/events",
        });
    }

    /// <summary>Target of an admin request. One with the key never drains: a drain takes even an invalid query, and every other request would rightly be refused after it.</summary>
    private string Admin(bool withKey, ref string method)
    {
        if (!Is(Thing.Method) && _dice.Next(2) == 0) method = "POST";
        return Spoiled(One(
        [
            "/admin/sessions", "/admin/cache", "/admin/origins", "/admin/cache/purge?prefix=/nothing/", "/admin/cache/purge", "/admin/revocations", "/admin/revocations", $"/admin/sessions/{One(Odd)}",
            "/admin/sessions?user=", withKey ? "/admin/cache/purge?prefix=/&cluster=" : "/admin/drain?on=false", "/admin/rollout",
        ]));
    }

    private string Path()
    {
        var path = One(Media);
        for (var left = Is(Thing.Path) ? _dice.Next(3) : 0; left > 0; left--) path = path.Insert(_dice.Next(path.Length + 1), One(Odd));
        return _dice.Next(60) == 0 ? path + new string('a', _dice.Next(9000)) : path;
    }

    /// <summary>Leaves a text as it is, or inserts an odd part somewhere.</summary>
    private string Spoiled(string text) => !Is(Thing.Path) ? text : text.Insert(_dice.Next(text.Length + 1), One(Odd));

    private string Ticket() => (Is(Thing.Credential) ? _dice.Next(2) : 2) switch
    {
        0 => One(Odd) + targets.Ticket,
        1 => targets.Ticket.Length > 4 ? Flipped(targets.Ticket) : targets.Ticket,
        _ => targets.Ticket,
    };

    private string Token() => (Is(Thing.Credential) ? _dice.Next(1, 4) : 0) switch
    {
        0 => targets.Token,
        1 => Flipped(targets.Token),
        2 => $"{Encoded(_bodies.Next())}.{Encoded(_bodies.Next())}.{Encoded([1, 2, 3])}",
        _ => $"{Encoded("""{"alg":"HS256","kid":"h"}"""u8.ToArray())}.{Encoded(_bodies.Next())}.{new string('A', _dice.Next(60))}",
    };

    private string Query()
    {
        if (!Is(Thing.Query)) return "";
        var text = new StringBuilder("?");
        for (var left = _dice.Next(1, 4); left > 0; left--) text.Append(One(Queries)).Append('=').Append(_dice.Next(3) == 0 ? Uri.EscapeDataString(One(HeaderValues)) : One(Odd)).Append('&');
        return _dice.Next(80) == 0 ? text.Append('q', _dice.Next(9000)).ToString() : text.ToString();
    }

    private string HeaderValue()
    {
        var value = One(HeaderValues);
        return _dice.Next(12) switch
        {
            0 => value + value,
            1 => string.Concat(Enumerable.Repeat(value + ",", _dice.Next(200))),
            2 => new string('x', _dice.Next(12_000)),
            _ => value,
        };
    }

    private string Flipped(string text)
    {
        if (text.Length == 0) return text;
        var at = _dice.Next(text.Length);
        return text[..at] + (char)('A' + _dice.Next(26)) + text[(at + 1)..];
    }

    private string One(string[] from) => from[_dice.Next(from.Length)];

    /// <summary>Removes line ends: one would make another request of it, which the report would attribute to this one.</summary>
    private static string OnOneLine(string text) => text.ReplaceLineEndings("");

    private static string Encoded(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes.AsSpan(0, Math.Min(bytes.Length, 1000)));

    private static byte[] Latin1(StringBuilder text) => Encoding.Latin1.GetBytes(text.ToString());
#pragma warning restore CA5394
}
