using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks;

/// <summary>A live broadcast with a window of six segments of two seconds, by a clock that the soak moves. Its playlist has a validator and no lifetime, as a plain web server's.</summary>
internal sealed class LiveOrigin : IAsyncDisposable
{
    public static readonly TimeSpan Segment = TimeSpan.FromSeconds(2);

    private const int Window = 6;
    private const int SegmentBytes = 64 << 10;

    private readonly byte[] _segment = new byte[SegmentBytes];
    private readonly TimeProvider _time;
    private readonly WebApplication _app;
    private readonly DateTimeOffset _start;

    private LiveOrigin(TimeProvider time)
    {
        _time = time;
        _start = time.GetUtcNow();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Address => $"{_app.Urls.Single()}/";

    /// <summary>Number of the newest segment.</summary>
    public long Newest => (_time.GetUtcNow() - _start).Ticks / Segment.Ticks + Window;

    public static async Task<LiveOrigin> StartAsync(TimeProvider time)
    {
        var origin = new LiveOrigin(time);
        await origin._app.StartAsync();
        return origin;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var newest = Newest;
        context.Response.Headers.Date = _time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (context.Request.Path.Value!.EndsWith(".ts", StringComparison.Ordinal))
        {
            context.Response.ContentType = "video/mp2t";
            context.Response.ContentLength = SegmentBytes;
            await context.Response.Body.WriteAsync(_segment);
            return;
        }

        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{newest}\"");
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{newest - Window + 1}\n");
        for (var number = newest - Window + 1; number <= newest; number++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:2.0,\nseg_{number}.ts\n");
        context.Response.ContentType = "application/vnd.apple.mpegurl";
        await context.Response.WriteAsync(text.ToString());
    }
}
