using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Telemetry;

/// <summary>An origin of a title with segments of any size, fresh for an hour; it also receives the spans.</summary>
internal sealed class BenchmarkOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BenchmarkOrigin(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single() + "/");

    public static async Task<BenchmarkOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
        app.MapGet("/film/master.m3u8", () => Results.Text(
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:2,\n100000.m4s\n#EXTINF:2,\n1000.m4s\n#EXT-X-ENDLIST\n", "application/vnd.apple.mpegurl"));
        app.MapGet("/film/{size:int}.m4s", (HttpContext context, int size) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Bytes(new byte[size], "video/mp4");
        });
        await app.StartAsync();
        return new BenchmarkOrigin(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
