using System.Globalization;
using System.Net;
using System.Text;

namespace Gateway.Warmup;

/// <summary>One title, by HLS and DASH, in segments of two sizes: those that a request itself costs, and those that fill the socket's buffers.</summary>
internal sealed class SyntheticOrigin : IAsyncDisposable
{
    public const string Title = "warmup";
    public const string SmallFolder = "small/";
    public const string LargeFolder = "large/";

    private const int Segments = 200;
    private const int SmallBytes = 2 << 10;
    private const int LargeBytes = 128 << 10;

    private static readonly byte[] s_segment = new byte[LargeBytes];

    private static readonly byte[] s_multivariant = Encoding.ASCII.GetBytes(
        $"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",DEFAULT=YES,URI=\"{SmallFolder}list.m3u8\"\n" +
        $"#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS=\"avc1.42c00d,mp4a.40.2\",RESOLUTION=416x234,AUDIO=\"a\"\n{SmallFolder}list.m3u8\n" +
        $"#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS=\"avc1.4d401f,mp4a.40.2\",RESOLUTION=1280x720,AUDIO=\"a\"\n{LargeFolder}list.m3u8\n");

    private static readonly byte[] s_mpd = Encoding.ASCII.GetBytes(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" type=\"static\" mediaPresentationDuration=\"PT400S\" minBufferTime=\"PT2S\"><Period id=\"0\">" +
        "<AdaptationSet contentType=\"video\" mimeType=\"video/mp4\" segmentAlignment=\"true\"><SegmentTemplate timescale=\"1\" duration=\"2\" startNumber=\"0\" initialization=\"$RepresentationID$/init.mp4\" media=\"$RepresentationID$/$Number$.m4s\"/>" +
        "<Representation id=\"small\" bandwidth=\"300000\" codecs=\"avc1.42c00d\" width=\"416\" height=\"234\"/><Representation id=\"large\" bandwidth=\"3000000\" codecs=\"avc1.4d401f\" width=\"1280\" height=\"720\"/></AdaptationSet></Period></MPD>\n");

    private static readonly byte[] s_list = MakeList();

    private readonly WebApplication _app;

    private SyntheticOrigin(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<SyntheticOrigin> StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, UntendedLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(AnswerAsync);
        try
        {
            await app.StartAsync(cancel);
            return new SyntheticOrigin(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var (type, body) = path switch
        {
            _ when path.EndsWith("master.m3u8", StringComparison.Ordinal) => ("application/vnd.apple.mpegurl", (ReadOnlyMemory<byte>)s_multivariant),
            _ when path.EndsWith(".m3u8", StringComparison.Ordinal) => ("application/vnd.apple.mpegurl", s_list),
            _ when path.EndsWith(".mpd", StringComparison.Ordinal) => ("application/dash+xml", s_mpd),
            _ => ("video/mp4", s_segment.AsMemory(0, path.Contains(LargeFolder, StringComparison.Ordinal) ? LargeBytes : SmallBytes)),
        };
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.ETag = "\"1\"";
        context.Response.Headers.CacheControl = "public, max-age=600";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body).AsTask();
    }

    private static byte[] MakeList()
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI=\"init.mp4\"\n");
        for (var i = 0; i < Segments; i++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:2,\n{i}.m4s\n");
        return Encoding.ASCII.GetBytes(text.Append("#EXT-X-ENDLIST\n").ToString());
    }
}
