using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Hits;

/// <summary>The origin of a title: a playlist of twenty small segments, other segments that no playlist lists, a live playlist and a very long one. What lies below <c>new</c> is there under any number of names.</summary>
internal static class HitOrigin
{
    public const string List = "film/list.m3u8";
    public const string Listed = "film/s3.ts";
    public const string Small = "film/small.ts";
    public const string Middle = "film/middle.ts";
    public const string Large = "film/large.ts";
    public const string Live = "film/live.m3u8";
    public const string Long = "film/long.m3u8";

    /// <summary>Segments in <see cref="List"/>.</summary>
    public const int Segments = 20;

    private const string New = "new/";

    private static readonly byte[] Bytes = new byte[1 << 20];

    public static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync();
        return app;
    }

    /// <summary>An object's path under a name of its own.</summary>
    public static string NameOf(string path, long number) => string.Create(CultureInfo.InvariantCulture, $"{path[..(path.LastIndexOf('/') + 1)]}{New}{number}/{path[(path.LastIndexOf('/') + 1)..]}");

    /// <summary>Path of a segment that the playlist lists.</summary>
    public static string SegmentOf(long number) => string.Create(CultureInfo.InvariantCulture, $"film/s{number % Segments}.ts");

    private static async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        var isPlaylist = path.EndsWith(".m3u8", StringComparison.Ordinal);
        var body = path switch
        {
            List => Playlist(0, Segments, n => $"s{n}.ts", ends: true),
            _ when path.EndsWith("/live.m3u8", StringComparison.Ordinal) => Playlist(90_000, 6, n => $"part/{n}/middle.ts", ends: false),
            Long => Playlist(0, 10_000, n => $"part/{n:00000}/middle.ts", ends: true),
            _ when path.EndsWith("middle.ts", StringComparison.Ordinal) => Bytes.AsMemory(0, 100 << 10),
            Large => Bytes,
            _ => Bytes.AsMemory(0, 2 << 10),
        };
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.ETag = "\"1\"";
        context.Response.ContentType = isPlaylist ? "application/vnd.apple.mpegurl" : "video/mp2t";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private static byte[] Playlist(int first, int count, Func<int, FormattableString> name, bool ends)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
        for (var n = first; n < first + count; n++) text.Append("#EXTINF:4.000,\n").Append(FormattableString.Invariant(name(n))).Append('\n');
        return Encoding.ASCII.GetBytes(text.Append(ends ? "#EXT-X-ENDLIST\n" : "").ToString());
    }
}
