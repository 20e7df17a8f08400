using System.Globalization;
using System.Text;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Dash;

/// <summary>
/// A live title of one rendition whose MPD lists its segments (SegmentTimeline). It advances with its viewer: a request for the newest segment makes the next one available. So nothing
/// depends on speed.
/// </summary>
internal sealed class LiveTimelineOrigin : IAsyncDisposable
{
    private const int Window = 4;

    private readonly string _folder;
    private readonly WebApplication _app;
    private int _newest = Window;
    private int _manifests;

    private LiveTimelineOrigin(string folder)
    {
        _folder = folder;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/live/manifest.mpd", () =>
        {
            Interlocked.Increment(ref _manifests);
            return Results.Bytes(Encoding.UTF8.GetBytes(Manifest()), "application/dash+xml");
        });
        _app.MapGet("/live/init.mp4", () => Results.File(Path.Combine(_folder, "init.mp4"), "video/mp4"));
        _app.MapGet("/live/{time:int}.m4s", (int time) => Segment(time / 1000));
    }

    public string Url => _app.Urls.Single() + "/";

    /// <summary>Number of requests for the MPD.</summary>
    public int Manifests => Volatile.Read(ref _manifests);

    /// <param name="segments">Segments of a second, 25 frames each.</param>
    public static async Task<LiveTimelineOrigin> StartAsync(int segments)
    {
        var folder = Directory.CreateTempSubdirectory("live-timeline-").FullName;
        await Ffmpeg.RunAsync(
            "-f", "lavfi", "-i", "testsrc=size=160x90:rate=25", "-t", segments.ToString(CultureInfo.InvariantCulture), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            "-g", "25", "-keyint_min", "25", "-sc_threshold", "0", "-bf", "0", "-f", "dash", "-seg_duration", "1", "-init_seg_name", "init.mp4", "-media_seg_name", "$Number$.m4s",
            Path.Combine(folder, "x.mpd"));
        var origin = new LiveTimelineOrigin(folder);
        await origin._app.StartAsync();
        return origin;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private IResult Segment(int index)
    {
        var newest = Volatile.Read(ref _newest);
        var file = Path.Combine(_folder, $"{index + 1}.m4s");
        if (index > newest || !File.Exists(file)) return Results.NotFound();
        if (index == newest) Interlocked.CompareExchange(ref _newest, newest + 1, newest);
        return Results.File(file, "video/mp4");
    }

    private string Manifest()
    {
        var newest = Volatile.Read(ref _newest);
        var first = newest - Window;
        return $"""
            <?xml version="1.0"?>
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="dynamic" availabilityStartTime="2026-01-01T00:00:00Z"
              publishTime="2026-01-01T00:00:00Z" minimumUpdatePeriod="PT60S" timeShiftBufferDepth="PT{Window}S" minBufferTime="PT1S" maxSegmentDuration="PT1S">
              <Period id="0" start="PT0S"><AdaptationSet contentType="video" mimeType="video/mp4"><Representation id="v" codecs="avc1.42c00a" bandwidth="100000" width="160" height="90">
                <SegmentTemplate timescale="1000" media="$Time$.m4s" initialization="init.mp4"><SegmentTimeline><S t="{first * 1000}" d="1000" r="{Window}"/></SegmentTimeline></SegmentTemplate>
              </Representation></AdaptationSet></Period>
            </MPD>
            """;
    }
}
