using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Load.Agreement;

/// <summary>
/// Serves the recording page, the players' libraries and the title, on one loopback port. Pages come straight; media are asked for through a proxy's port, which leads here
/// too. The browser is told to keep nothing: what it kept would not cross the link.
/// </summary>
internal sealed class AgreementOrigin : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly AgreementMedia _media;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<PageReport>> _expected = new(StringComparer.Ordinal);

    private AgreementOrigin(WebApplication application, AgreementMedia media) => (_application, _media) = (application, media);

    /// <summary>Segments in the order in which they were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <param name="media">Bodies.</param>
    /// <param name="libraries">Folder with <c>hls.js</c>, <c>dashjs</c> and <c>shaka-player</c>, as the gateway's build brings them.</param>
    public static async Task<AgreementOrigin> StartAsync(AgreementMedia media, string libraries)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Ctrl-C is the command's, not the host's.
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A player that waits for room in its buffer keeps its connection, and a link in an outage takes a body slowly.
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
            kestrel.Limits.MinResponseDataRate = null;
        });
        var application = builder.Build();
        var origin = new AgreementOrigin(application, media);
        application.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(libraries), RequestPath = "/lib" });
        application.MapGet("/", () => Page("recorder.html", "text/html"));
        application.MapGet("/recorder.js", () => Page("recorder.js", "text/javascript"));
        application.MapPost("/recorded/{id}", origin.ReceiveAsync);
        application.MapGet("/title/{**path}", origin.Answer);
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        origin.EndPoint = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        return origin;
    }

    /// <summary>What a page of this id will report.</summary>
    public Task<PageReport> Expect(string id) => _expected.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static FileStreamHttpResult Page(string name, string type) =>
        TypedResults.Stream(typeof(AgreementOrigin).Assembly.GetManifestResourceStream($"Gateway.Load.Agreement.Pages.{name}")!, type);

    private async Task<IResult> ReceiveAsync(string id, HttpRequest request)
    {
        var report = await JsonSerializer.DeserializeAsync<PageReport>(request.Body, JsonSerializerOptions.Web, request.HttpContext.RequestAborted);
        if (report is not null && _expected.TryGetValue(id, out var expected)) expected.TrySetResult(report);
        return Results.NoContent();
    }

    private IResult Answer(string path, HttpResponse response)
    {
        var fields = response.Headers;
        fields.CacheControl = "no-store";
        // A gateway in between keeps what the browser must not (RFC 9213).
        fields["CDN-Cache-Control"] = "max-age=600";
        fields.AccessControlAllowOrigin = "*";
        // Without it the browser tells scripts nothing about times and sizes of another origin's answers (W3C Resource Timing §4.5).
        fields["Timing-Allow-Origin"] = "*";
        if (path.Contains("/seg_", StringComparison.Ordinal)) Asked.Enqueue(path);
        if (AgreementTitle.ManifestOf(path) is { } manifest) return Results.Text(_media.IsInBand ? manifest.Replace("avc1.", "avc3.", StringComparison.Ordinal) : manifest, path.EndsWith(".mpd", StringComparison.Ordinal) ? "application/dash+xml" : "application/vnd.apple.mpegurl");
        return _media.Find(path) is { } body ? Results.Bytes(body, path[0] == 'a' ? "audio/mp4" : "video/mp4") : Results.NotFound();
    }

    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
