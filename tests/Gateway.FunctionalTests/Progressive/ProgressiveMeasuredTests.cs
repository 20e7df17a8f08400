using System.Globalization;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Transcoding;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Progressive;

/// <summary>
/// The figures of docs/progressive.md, taken anew. Explicit: they take minutes, and what they measure is the machine as much as the page, so that no limit in milliseconds is held here.
/// </summary>
public sealed class ProgressiveMeasuredTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const long MegaByte = 1 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("tracks-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Twenty tracks that nobody has asked for before, from a click to the first sound, and the same ones once more.</summary>
    /// <param name="latency">Milliseconds that the transcoder takes longer for each chunk.</param>
    [Theory(Explicit = true)]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task Starts_TwentyColdAndTwentyWarm_AllSound(int latency)
    {
        await MakeAsync("song.flac", 240);
        for (var n = 0; n < 20; n++) File.Copy(Path.Combine(_folder, "song.flac"), Path.Combine(_folder, $"song-{n}.flac"));
        await using var host = await GatewayWithTranscoder.StartAsync(_folder);
        if (latency > 0) await host.PutFaultAsync(new { kind = "latency", path = "**/seg_*.webm", milliseconds = latency });
        var (cold, warm) = (new List<double>(), new List<double>());
        for (var n = 0; n < 20; n++)
        {
            foreach (var times in new[] { cold, warm })
            {
                await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, $"track=song-{n}.flac");
                await page.Page.Locator("#open").ClickAsync();
                await page.UntilAsync("p.firstSoundMs !== null");
                times.Add((await page.FiguresAsync()).GetProperty("firstSoundMs").GetDouble());
                if (times == warm) Assert.Equal(0, (await page.FiguresAsync()).GetProperty("sources").GetProperty("origin").GetInt32());
                // The chunks after the first are made and fetched before the next start, which else would be measured beside them.
                await page.UntilAsync("f.bringing === null && f.ahead > 60");
            }
        }

        Tell($"latency {latency} ms, load {await LoadAsync()}: cold {Percentiles(cold)}; warm {Percentiles(warm)}");
    }

    /// <summary>An hour at sixteen times its speed, with another sound every three minutes of it.</summary>
    [Fact(Explicit = true)]
    public async Task Hour_AtSixteenTimesItsSpeed_PlaysToItsEndInBoundedMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        await MakeAsync("hour.flac", 3600);
        await using var host = await GatewayWithTranscoder.StartAsync(_folder);
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "track=hour.flac");
        var empty = RendererMemory.Bytes();
        await page.Page.Locator("#open").ClickAsync();
        await page.UntilAsync("p.firstSoundMs !== null");
        await page.Page.EvaluateAsync(
            """
            () => {
              const sound = document.getElementById('sound');
              sound.playbackRate = 16;
              const state = window.hour = { holes: 0, mostAhead: 0, mostBehind: 0, mostSeconds: 0, back: 0, last: 0, switches: 0 };
              sound.addEventListener('timeupdate', () => {
                const { playback } = window.progressivePlayer;
                const { ranges, ahead, behind, position } = playback.figures;
                if (position < state.last) state.back++;
                if (Math.floor(position / 180) > Math.floor(state.last / 180)) playback.switchTo({ enhanced: ++state.switches % 2 === 1, preset: 'warm', intensity: 0.5 });
                state.last = position;
                // A place that lies in one stretch, with another one after a hole.
                if (ranges.length > 1) state.holes++;
                state.mostAhead = Math.max(state.mostAhead, ahead);
                state.mostBehind = Math.max(state.mostBehind, behind);
                state.mostSeconds = Math.max(state.mostSeconds, ranges.reduce((sum, [from, to]) => sum + to - from, 0));
              });
            }
            """);
        var most = 0L;
        var begun = TimeProvider.System.GetTimestamp();
        while (!await page.Page.EvaluateAsync<bool>("async () => { await new Promise(resolve => setTimeout(resolve, 500)); return ['ended', 'failed'].includes(window.progressivePlayer.playback.state); }"))
        {
            most = Math.Max(most, RendererMemory.Bytes());
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < s_patience);
        }

        var figures = await page.FiguresAsync();
        var told = await page.Page.EvaluateAsync<string>("JSON.stringify({ ...window.hour, stalls: window.progressivePlayer.stalls })");
        Tell($"{TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} s, load {await LoadAsync()}: {empty / MegaByte} MiB empty, {most / MegaByte} MiB at most; {told}; {figures}");
        Assert.Equal("ended", figures.GetProperty("state").GetString());

        // And to any place of it, until there have been a thousand appends.
        var seeks = await page.Page.EvaluateAsync<int>(
            """
            async () => {
              const { playback } = window.progressivePlayer;
              let [random, seeks] = [7, 0];
              for (; playback.figures.appends < 1000 && playback.failure === null; seeks++) {
                random = (random * 16807) % 2147483647;
                playback.seek(random % 3590);
                while (playback.figures.ahead < 1 && playback.failure === null) await new Promise(resolve => setTimeout(resolve, 10));
              }
              return seeks;
            }
            """);
        Tell($"{seeks} seeks; {await page.FiguresAsync()}");
        Assert.True(await page.Page.EvaluateAsync<bool>("window.progressivePlayer.playback.failure === null"));
        Assert.Empty(page.Tab.Violations);
        Assert.Equal(0, figures.GetProperty("late").GetInt32());
        Assert.Contains("\"back\":0", told, StringComparison.Ordinal);
        Assert.InRange(most - empty, 0, 200 * MegaByte);
    }

    /// <summary>Fifty titles, each opened before the one before has come far.</summary>
    [Fact(Explicit = true)]
    public async Task Titles_FiftyInARow_TheLastOnePlaysAndNothingIsLeft()
    {
        await MakeAsync("song.flac", 240);
        for (var n = 0; n < 50; n++) File.Copy(Path.Combine(_folder, "song.flac"), Path.Combine(_folder, $"song-{n}.flac"));
        await using var host = await GatewayWithTranscoder.StartAsync(_folder);
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "track=song-0.flac&autoplay=1");
        await page.UntilAsync("p.firstSoundMs !== null");
        var before = RendererMemory.Bytes();
        for (var n = 1; n < 50; n++)
        {
            await page.Page.Locator("input[name=track]").FillAsync($"song-{n}.flac");
            await page.Page.Locator("#open").ClickAsync();
            if (n % 5 == 0) await page.UntilAsync("p.firstSoundMs !== null");
        }

        await page.UntilAsync("p.firstSoundMs !== null && f.position > 3");
        var requests = page.Tab.Requests.Count(r => r.Contains("/stream_chunk/", StringComparison.Ordinal));
        Tell($"{before / MegaByte} MiB with the first title, {RendererMemory.Bytes() / MegaByte} MiB with the last; {requests} chunks asked; load {await LoadAsync()}; {await page.FiguresAsync()}");
        Assert.EndsWith("song-49.flac/0?enhanced=false", page.Tab.Requests.Last(r => r.Contains("/0?", StringComparison.Ordinal)).Replace("draw=", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(page.Tab.Violations);
    }

    /// <summary>A pure tone over two borders, sample by sample: each sample of a tone follows from the two before it, and a gap or an overlap of one sample breaks that.</summary>
    [Fact(Explicit = true)]
    public async Task Tone_OverBorders_HasNoGap()
    {
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*1000*t)':s=48000:d=70", "-c:a", "flac", Path.Combine(_folder, "tone.flac"));
        await using var host = await GatewayWithTranscoder.StartAsync(_folder);
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "track=tone.flac&t=26&autoplay=1");
        await (await page.Page.Context.NewCDPSessionAsync(page.Page)).SendAsync("Page.setBypassCSP", new() { ["enabled"] = true });
        await page.Tab.GoAsync("/progressive/?track=tone.flac&t=26&autoplay=1");
        await page.UntilAsync("p.firstSoundMs !== null");
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "clients", "progressive", "tone.js"), TestContext.Current.CancellationToken);
        await page.Page.EvaluateAsync(
            """
            async script => {
              const context = new AudioContext({ sampleRate: 48000 });
              await context.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
              const node = new AudioWorkletNode(context, 'tone');
              window.breaks = { count: 0, frames: 0, worst: 0 };
              node.port.onmessage = ({ data }) => { window.breaks = data; };
              context.createMediaElementSource(document.getElementById('sound')).connect(node).connect(context.destination);
              await context.resume();
            }
            """,
            script);
        await page.Page.WaitForFunctionAsync("() => window.breaks.frames > 48000");
        await page.Page.EvaluateAsync("() => { window.before = window.breaks; }");
        await page.UntilAsync("f.position > 33");
        var told = await page.Page.EvaluateAsync<string>("JSON.stringify([window.before, window.breaks])");
        Tell($"load {await LoadAsync()}: {told}");
        Assert.True(await page.Page.EvaluateAsync<bool>("window.breaks.count === window.before.count"), told);

        // The measure itself: a seek is a break.
        await page.DoAsync("p.seek(35.0003)");
        await page.Page.WaitForFunctionAsync("() => window.breaks.count > window.before.count");
    }

    private static string Percentiles(List<double> times)
    {
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"p50 {times[times.Count / 2]:0} ms, p95 {times[(int)Math.Ceiling(times.Count * 0.95) - 1]:0} ms, most {times[^1]:0} ms");
    }

    private static void Tell(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static async Task<string> LoadAsync() => OperatingSystem.IsLinux() ? string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ').Take(3)) : "unknown";

    private Task<string> MakeAsync(string name, int seconds) => Ffmpeg.RunAsync(
        "-f", "lavfi", "-i", $"aevalsrc='0.3*sin(2*PI*(200+t)*t)+0.05*(random(0)-0.5)|0.3*sin(2*PI*330*t)+0.05*(random(1)-0.5)':s=44100:d={seconds}", "-c:a", "flac", Path.Combine(_folder, name));
}
