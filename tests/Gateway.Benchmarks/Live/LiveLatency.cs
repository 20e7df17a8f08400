using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace Gateway.Benchmarks.Live;

/// <summary>
/// How far viewers of a live session are behind: a gateway and a transcoder in processes of their own, ffmpeg recording in real time in chunks of five seconds, and hls.js, shaka and ffmpeg watching. Told are the
/// time from the confirmation of an upload until the chunk can be played, and the time from a picture's making to its showing. The machine's load stands beside them; where others work on it, run it
/// with real-time priority (<c>chrt -r 5</c>).
/// </summary>
internal static class LiveLatency
{
    private const int ChunkSeconds = 5;
    private const double PlayableGate = 2, GlassGate = 12;

    /// <returns>0 when all figures with a gate are within it, 2 otherwise.</returns>
    public static async Task<int> RunAsync(int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("live-latency-").FullName;
        try
        {
            return await MeasureAsync(folder, seconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(string folder, int seconds)
    {
        var (transcoderUrl, gatewayUrl) = ($"http://127.0.0.1:{FreePort()}", $"http://127.0.0.1:{FreePort()}");
        await using var transcoder = await ChildProcess.ServerAsync("TranscoderStub.dll", transcoderUrl, "/healthz", $"--Transcoder:Store:Path={Path.Combine(folder, "store")}", "--Transcoder:Store:FreeSpaceFloor=0");
        await using var server = await ChildProcess.ServerAsync("Gateway.dll", gatewayUrl, "/health/live", "--Gateway:Live:Enabled=true", $"--Gateway:Live:Folder={Path.Combine(folder, "live")}",
            $"--Gateway:Transcoder:Url={transcoderUrl}/", $"--Gateway:Transcoder:SourceBaseUrl={gatewayUrl}/", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={transcoderUrl}/");
        using var client = new HttpClient { BaseAddress = new Uri(gatewayUrl) };
        var source = new LiveSource(client, Directory.CreateDirectory(Path.Combine(folder, "chunks")).FullName, ChunkSeconds);
        await source.OpenAsync();
        var recording = source.RunAsync(seconds);

        // Viewers come when the stream has run for four chunks, so that no player is nearer than it would stay.
        while (source.Playable.Count < 4) await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
        });
        var seen = new ConcurrentBag<(DateTimeOffset At, double Position)>();
        await using var ffmpeg = LiveViewers.OpenFfmpeg(source.Playlist, seen);
        var pages = await LiveViewers.OpenAsync(browser, gatewayUrl, source.Playlist, ChunkSeconds);
        await recording;
        return await PrintAsync(source, pages, seen);
    }

    private static async Task<int> PrintAsync(LiveSource source, Dictionary<string, IPage> pages, ConcurrentBag<(DateTimeOffset At, double Position)> seen)
    {
        Console.WriteLine($"Load {await File.ReadAllTextAsync("/proc/loadavg")}\n| | p50 | p95 | wanted p95 | figures | stalls |\n| --- | --- | --- | --- | --- | --- |");
        var isMissed = Row("upload confirmed → playable", [.. source.Playable], PlayableGate, null);
        foreach (var (name, page) in pages)
        {
            var (latencies, stalls) = await LiveViewers.ReadAsync(page, source.Begin);
            isMissed |= Row($"glass to glass, {name}", latencies, name.Contains("behind", StringComparison.Ordinal) ? GlassGate : null, stalls);
            if (await page.EvaluateAsync<string>("window.live.errors.join()") is { Length: > 0 } errors) Console.WriteLine($"{name}: {errors}");
        }

        isMissed |= Row("glass to glass, ffmpeg", [.. seen.Select(s => (s.At - source.Begin).TotalSeconds - s.Position)], GlassGate, null);
        return isMissed ? 2 : 0;
    }

    /// <returns>Whether the gate is missed.</returns>
    private static bool Row(string name, double[] figures, double? gate, int? stalls)
    {
        if (figures.Length == 0)
        {
            Console.WriteLine($"| {name} | nothing | | {gate} | 0 | {stalls} |");
            return gate is not null;
        }

        Array.Sort(figures);
        var (middle, high) = (figures[(figures.Length - 1) / 2], figures[(int)Math.Ceiling(figures.Length * 0.95) - 1]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {middle:0.00} s | {high:0.00} s | {gate} | {figures.Length} | {stalls} |"));
        return high > gate;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
