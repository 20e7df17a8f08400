using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Gateway.Benchmarks;

/// <summary>
/// How long just-in-time titles take to begin in the machine's own Chromium, through gateway and transcoder, click to first frame or sound:
/// <list type="number">
/// <item>cold: a title that nobody has asked for, not probed, nothing made (click to first frame);</item>
/// <item>seek: from there to a place far behind what is made ahead (to the first frame of that place);</item>
/// <item>warm: the same title again, in a new page of the same browser profile;</item>
/// <item>sound: a title in chunks of 30 s, cold (click to the first moment that is heard).</item>
/// </list>
/// The machine's load stands beside each figure, because a busy machine measures its neighbours: run it with <c>nice -n -15</c> where there are some.
/// </summary>
internal static class ColdStart
{
    private const string First =
        """
        async () => {
          const video = document.getElementById('video');
          const frame = new Promise(seen => video.requestVideoFrameCallback(() => seen(performance.now())));
          const start = performance.now();
          document.getElementById('play').click();
          return (await frame - start) / 1000;
        }
        """;

    private const string FirstSound =
        """
        async () => {
          const video = document.getElementById('video');
          const start = performance.now();
          document.getElementById('play').click();
          while (!(video.currentTime > 0 && video.readyState >= 3)) await new Promise(next => setTimeout(next, 5));
          return (performance.now() - start) / 1000;
        }
        """;

    private const string Seek =
        """
        async place => {
          const video = document.getElementById('video');
          const start = performance.now();
          video.currentTime = place;
          for (;;) {
            const shown = await new Promise(seen => video.requestVideoFrameCallback((_, frame) => seen(frame.mediaTime)));
            if (Math.abs(shown - place) < 5) return (performance.now() - start) / 1000;
          }
        }
        """;

    private static readonly (string Name, double P50, double P95)[] s_gates = [("cold", 1.2, 2.5), ("seek", 2.5, 2.5), ("warm", 0.4, 0.4), ("sound", 2, 2)];

    /// <returns>0 when all figures are within their gates, 2 otherwise.</returns>
    public static async Task<int> RunAsync(int starts)
    {
        var folder = Directory.CreateTempSubdirectory("cold-start-").FullName;
        try
        {
            await MakeAsync(folder, starts);
            var figures = s_gates.ToDictionary(g => g.Name, _ => new List<(double Seconds, double Load)>(), StringComparer.Ordinal);
            await MeasureAsync(folder, starts, figures);
            return Print(figures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder, int starts, Dictionary<string, List<(double Seconds, double Load)>> figures)
    {
        await using var transcoder = TranscoderStub.Program.Build(
            ["--urls", "http://127.0.0.1:0", $"--Transcoder:Sources:Library={Path.Combine(folder, "library")}", $"--Transcoder:Store:Path={Path.Combine(folder, "store")}"]);
        await transcoder.StartAsync();
        var origin = transcoder.Urls.First();
        await using var gateway = Gateway.Program.Build(
            ["--urls", "http://127.0.0.1:0", "--environment=Development", $"--Gateway:Transcoder:Url={origin}/", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}/"],
            builder => builder.Logging.SetMinimumLevel(LogLevel.Warning));
        await gateway.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
        });

        // The first of all pays for compiled code and for the initialisation sections that all titles of a shape share; it is told and not counted.
        for (var n = 0; n <= starts; n++)
        {
            var film = Name("film", n, "mp4");
            await using var viewer = await browser.NewContextAsync();
            await using var listener = await browser.NewContextAsync();
            var cold = await PlayAsync(viewer, gateway.Urls.First(), $"{film}/master.m3u8&player=hlsjs", First, thenSeekTo: 480);
            await CalmAsync(origin);
            var warm = await PlayAsync(viewer, gateway.Urls.First(), $"{film}/master.m3u8&player=hlsjs", First, thenSeekTo: null);
            await CalmAsync(origin);
            var sound = await PlayAsync(listener, gateway.Urls.First(), $"jit/{Name("song", n, "flac")}/webm/manifest.mpd&player=dashjs", FirstSound, thenSeekTo: null);
            foreach (var (name, seconds) in new[] { ("cold", cold.Start), ("seek", cold.Seek!.Value), ("warm", warm.Start), ("sound", sound.Start) })
            {
                if (n > 0) figures[name].Add((seconds, Load()));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{n,3}  cold {cold.Start:0.000}  seek {cold.Seek:0.000}  warm {warm.Start:0.000}  sound {sound.Start:0.000}  load {Load():0.0}{(n == 0 ? "  (not counted)" : "")}"));
        }

        await gateway.StopAsync();
        await transcoder.StopAsync();
    }

    /// <summary>Waits until nothing has been made for a second: what a viewer before has set off is not to be measured.</summary>
    private static async Task CalmAsync(string origin)
    {
        using var client = new HttpClient { BaseAddress = new Uri(origin) };
        string? before = null;
        while (await client.GetStringAsync("/_stub/work") is var now && now != before)
        {
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    private static async Task<(double Start, double? Seek)> PlayAsync(IBrowserContext profile, string gateway, string asset, string script, double? thenSeekTo)
    {
        var page = await profile.NewPageAsync();
        await page.GotoAsync($"{gateway}/?asset={asset}");
        await page.WaitForSelectorAsync("#play:not([disabled])");
        var start = await page.EvaluateAsync<double>(script);
        double? seek = null;
        if (thenSeekTo is { } place)
        {
            await page.WaitForFunctionAsync("() => document.getElementById('video').currentTime > 0.5");
            seek = await page.EvaluateAsync<double>(Seek, place);
        }

        await page.CloseAsync();
        return (start, seek);
    }

    /// <summary>One film of 720p and one song, and copies of them: each name is a title of its own to the transcoder.</summary>
    private static async Task MakeAsync(string folder, int starts)
    {
        var library = Directory.CreateDirectory(Path.Combine(folder, "library")).FullName;
        var turn = Path.Combine(folder, "turn.mp4");
        await FfmpegAsync(["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=30", "-f", "lavfi", "-i", "sine=440:r=48000:d=30", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", turn]);

        // Ten minutes: longer than any player buffers while one looks.
        await FfmpegAsync(["-stream_loop", "19", "-i", turn, "-c", "copy", Path.Combine(library, Name("film", 0, "mp4"))]);
        await FfmpegAsync(["-f", "lavfi", "-i", "aevalsrc='0.4*sin(2*PI*(200+15*t)*t)|0.4*sin(2*PI*(330+10*t)*t)':s=44100:d=240", "-c:a", "flac", Path.Combine(library, Name("song", 0, "flac"))]);
        foreach (var (name, extension) in new[] { ("film", "mp4"), ("song", "flac") })
        {
            for (var n = 1; n <= starts; n++) File.Copy(Path.Combine(library, Name(name, 0, extension)), Path.Combine(library, Name(name, n, extension)));
        }
    }

    private static async Task FfmpegAsync(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-hide_banner", "-nostdin", "-loglevel", "error", .. arguments]) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException("ffmpeg made no media.");
    }

    private static int Print(Dictionary<string, List<(double Seconds, double Load)>> figures)
    {
        var missed = false;
        Console.WriteLine("\n|  | p50 | gate | p95 | gate | load |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var (name, p50, p95) in s_gates)
        {
            var sorted = figures[name].Select(f => f.Seconds).Order().ToArray();
            var (middle, high) = (sorted[(sorted.Length - 1) / 2], sorted[(int)Math.Ceiling(sorted.Length * 0.95) - 1]);
            missed |= middle > p50 || high > p95;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {middle:0.000} s | {p50} | {high:0.000} s | {p95} | {figures[name].Average(f => f.Load):0.0} |"));
        }

        return missed ? 2 : 0;
    }

    private static string Name(string name, int number, string extension) => string.Create(CultureInfo.InvariantCulture, $"{name}{number:D2}.{extension}");

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
