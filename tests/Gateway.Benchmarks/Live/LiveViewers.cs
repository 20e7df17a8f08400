using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Gateway.Benchmarks.Live;

/// <summary>The live clients: hls.js and shaka-player in Chromium, each as it comes and as near to the edge as one chunk allows, and ffmpeg, which plays whatever it gets at once.</summary>
internal static class LiveViewers
{
    /// <summary>Name and how it is opened; a script finds <c>video</c> and <c>url</c>.</summary>
    private static readonly (string Name, string Script)[] s_players =
    [
        ("hls.js, one chunk behind", Hls("{ liveSyncDurationCount: 1 }")),
        ("hls.js, as it comes", Hls("{}")),
        ("shaka, one chunk behind", Shaka("{ manifest: { defaultPresentationDelay: chunk } }")),
        ("shaka, as it comes", Shaka("{}")),
    ];

    /// <summary>Opens a page for each player; every quarter of a second it notes the wall clock and where in the stream it is.</summary>
    public static async Task<Dictionary<string, IPage>> OpenAsync(IBrowser browser, string gateway, string playlist, int chunkSeconds)
    {
        var pages = new Dictionary<string, IPage>(StringComparer.Ordinal);
        foreach (var (name, script) in s_players)
        {
            var page = await (await browser.NewContextAsync()).NewPageAsync();
            await page.RouteAsync("**/bare/page", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><video muted autoplay></video>" }));
            await page.GotoAsync($"{gateway}/bare/page");
            await page.EvaluateAsync(
                $$"""
                async ([url, chunk]) => {
                  const video = document.querySelector('video');
                  window.live = { samples: [], stalls: 0, errors: [] };
                  video.addEventListener('waiting', () => { if (window.live.samples.length > 0) window.live.stalls++; });
                  setInterval(() => { if (!video.paused && !video.seeking && video.readyState >= 3 && video.currentTime > 0) window.live.samples.push([Date.now(), video.currentTime]); }, 250);
                  {{script}}
                  video.play().catch(() => {});
                }
                """,
                new object[] { playlist, chunkSeconds });
            pages.Add(name, page);
        }

        return pages;
    }

    /// <summary>Seconds behind the source at each moment noted, without the first ten seconds.</summary>
    public static async Task<(double[] Latencies, int Stalls)> ReadAsync(IPage page, DateTimeOffset begin)
    {
        var samples = await page.EvaluateAsync<double[][]>("window.live.samples");
        var epoch = begin.ToUnixTimeMilliseconds() / 1000.0;
        return ([.. samples.Skip(40).Select(s => (s[0] / 1000) - epoch - s[1])], await page.EvaluateAsync<int>("window.live.stalls"));
    }

    /// <summary>
    /// ffmpeg decodes a chunk as soon as it has it. What is noted is when the first picture of each chunk was decoded, and its place in the stream: so far behind a player has to stay that shows every chunk in time.
    /// </summary>
    public static ChildProcess OpenFfmpeg(string playlist, ConcurrentBag<(DateTimeOffset At, double Position)> seen)
    {
        return new ChildProcess("ffmpeg",
            ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-live_start_index", "-1", "-copyts", "-i", playlist, "-map", "0:v:0", "-vf", "showinfo=checksum=0", "-f", "null", "-"],
            line =>
            {
                const string mark = "pts_time:";
                var at = line.IndexOf(mark, StringComparison.Ordinal);
                // Chunks begin with the only key frames that there are.
                if (at < 0 || !line.Contains("iskey:1", StringComparison.Ordinal)) return;
                seen.Add((TimeProvider.System.GetUtcNow(), double.Parse(line.AsSpan(at + mark.Length).TrimStart().ToString().Split(' ')[0], CultureInfo.InvariantCulture)));
            });
    }

    private static string Hls(string settings) =>
        $"const {{ default: Hls }} = await import('/lib/hls.js/hls.min.mjs'); const hls = new Hls({settings}); hls.on(Hls.Events.ERROR, (_, e) => {{ if (e.fatal) window.live.errors.push(e.details); }}); hls.attachMedia(video); hls.loadSource(url);";

    private static string Shaka(string settings) =>
        $$"""
        await new Promise((done, fail) => { const s = document.createElement('script'); s.src = '/lib/shaka-player/shaka-player.compiled-es2021.js'; s.onload = done; s.onerror = fail; document.head.append(s); });
        shaka.polyfill.installAll(); const player = new shaka.Player(); await player.attach(video); player.configure({{settings}});
        player.addEventListener('error', e => window.live.errors.push(String(e.detail.code))); await player.load(url);
        """;
}
