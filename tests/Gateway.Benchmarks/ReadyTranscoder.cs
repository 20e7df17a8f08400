using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks;

/// <summary>A transcoder that has every segment ready: what is measured beside it is the gateway.</summary>
internal sealed class ReadyTranscoder : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    private ReadyTranscoder(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<ReadyTranscoder> StartAsync(byte[] segment)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var ready = new ReadyTranscoder(builder.Build());
        ready._app.MapPost("/process_stream_chunk", async (HttpContext context) =>
        {
            using var request = await JsonDocument.ParseAsync(context.Request.Body);
            using var taken = await ready._client.PutAsync(request.RootElement.GetProperty("output_uri").GetString(), new ByteArrayContent(segment));
            context.Response.StatusCode = (int)taken.StatusCode;
        });
        await ready._app.StartAsync();
        return ready;
    }

    /// <summary>A recording that is a chunk and the segment made of it at once.</summary>
    public static async Task<byte[]> RecordAsync(string folder, TimeSpan length)
    {
        var path = Path.Combine(folder, "recorded.mp4");
        using var ffmpeg = Process.Start("ffmpeg",
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10", "-t", length.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "-c:v", "libx264", "-bf", "0", "-g", "1000", "-pix_fmt", "yuv420p", "-movflags", "+frag_keyframe+empty_moov+default_base_moof", path,
        ]);
        await ffmpeg.WaitForExitAsync();
        return await File.ReadAllBytesAsync(path);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
