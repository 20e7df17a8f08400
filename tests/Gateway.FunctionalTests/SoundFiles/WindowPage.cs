using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.SoundFiles;

/// <summary>The page of sound files in a browser tab, the ranges that it asked for, and what its sound output played, sample by sample.</summary>
internal sealed partial class WindowPage : IAsyncDisposable
{
    private static readonly string s_recorder = Path.Combine(Repository.Root, "tests", "clients", "window", "recorder.js");

    private readonly PlayerPage _tab;
    private readonly ConcurrentDictionary<Microsoft.Playwright.IRequest, long> _begun = new();
    private readonly ConcurrentBag<(long Begun, long Ended)> _read = [];
    private long _steps;

    private WindowPage(PlayerPage tab)
    {
        _tab = tab;
        tab.Page.Request += (_, request) =>
        {
            if (!IsMedia(request.Url)) return;
            Asked.Enqueue(request.Headers.TryGetValue("range", out var range) ? range : "everything");
            _begun[request] = Interlocked.Increment(ref _steps);
        };
        tab.Page.RequestFinished += (_, request) =>
        {
            if (_begun.TryRemove(request, out var begun)) _read.Add((begun, Interlocked.Increment(ref _steps)));
        };
    }

    /// <summary>The Range of each request for media, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public Microsoft.Playwright.IPage Page => _tab.Page;

    public PlayerPage Tab => _tab;

    /// <summary>Opens the page with a file, plays it, and records what its output plays from then on.</summary>
    public static async Task<WindowPage> PlayAsync(Chromium chromium, GatewayWithStub fixture, string query)
    {
        var page = new WindowPage(await chromium.OpenAsync(fixture.Url));
        // The recorder is no file of the gateway, and the pages' policy lets no other script in.
        await (await page.Page.Context.NewCDPSessionAsync(page.Page)).SendAsync("Page.setBypassCSP", new() { ["enabled"] = true });
        await page._tab.GoAsync($"/window/?{query}&autoplay=1");
        await page.UntilAsync("p.output && p.figures.frame > 0");
        await page.Page.EvaluateAsync(
            """
            async script => {
              const { context, node } = window.windowPlayer.output;
              await context.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
              const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 1 });
              node.connect(recorder).connect(context.destination);
              window.runs = [];
              recorder.port.onmessage = ({ data }) => { window.runs = data; };
              window.forget = () => { window.runs = []; recorder.port.postMessage(''); };
              window.heard = (first, count) => window.runs.some(run => run.first === first && run.count >= count);
            }
            """,
            await File.ReadAllTextAsync(s_recorder, TestContext.Current.CancellationToken));
        return page;
    }

    /// <summary>Waits until a condition over <c>p</c> (the engine) holds; fails at the deadline.</summary>
    public async Task UntilAsync(string condition)
    {
        try
        {
            await Page.WaitForFunctionAsync($"() => {{ const p = window.windowPlayer; return p && ({condition}); }}", null, new() { PollingInterval = 20, Timeout = (float)Patience.Deadline.TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not in time: {condition}. {await Page.EvaluateAsync<string>("JSON.stringify([window.windowPlayer?.figures, window.windowPlayer?.failure?.message, window.runs])")}");
        }
    }

    public async Task<JsonElement> FiguresAsync() =>
        JsonDocument.Parse(await Page.EvaluateAsync<string>("JSON.stringify(window.windowPlayer.figures)")).RootElement;

    /// <summary>Each request had both ends, lay within a file of that length, went to a boundary of 4 MiB or 64 KiB at most, and was alone.</summary>
    public void AssertBounded(long length)
    {
        Assert.NotEmpty(Asked);
        foreach (var asked in Asked)
        {
            var range = BothEnds().Match(asked);
            Assert.True(range.Success, asked);
            var (first, last) = (long.Parse(range.Groups["first"].ValueSpan), long.Parse(range.Groups["last"].ValueSpan));
            Assert.True(first <= last && last - first < 4 << 20, asked);
            Assert.True(last < Math.Max(length, 64 << 10), asked);
            Assert.True((last + 1) % (64 << 10) == 0 || last == length - 1, asked);
        }

        // A request that a seek ends is told as ended a moment after the next one has begun; of those that were read to their end no two were under way at once. Another process of the browser tells
        // of ends than of beginnings: an end may be told right after the beginning that it made way for, and no later.
        var read = _read.OrderBy(r => r.Begun).ToList();
        Assert.NotEmpty(read);
        Assert.All(read.Zip(read.Skip(1)), pair => Assert.True(pair.First.Ended <= pair.Second.Begun + 1));
    }

    public ValueTask DisposeAsync() => _tab.DisposeAsync();

    /// <summary>The picture of a waveform is one small file.</summary>
    private static bool IsMedia(string url) => !url.EndsWith(".dat", StringComparison.Ordinal) && (url.Contains("/api/v1/files/", StringComparison.Ordinal) || url.Contains("/play/", StringComparison.Ordinal));

    [GeneratedRegex(@"^bytes=(?<first>\d+)-(?<last>\d+)$")]
    private static partial Regex BothEnds();
}
