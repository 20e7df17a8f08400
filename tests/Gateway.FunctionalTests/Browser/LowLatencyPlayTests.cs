using System.Globalization;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// Low-latency HLS in a real browser, from the transcoder itself and through the gateway, by the same hls.js with the same settings. Both
/// latencies are printed, for comparison on a quiet machine:
/// <c>dotnet test tests/Gateway.FunctionalTests --filter LowLatencyPlayTests --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class LowLatencyPlayTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const double PlaySeconds = 20;

    private static readonly TimeSpan Deadline = Patience.Deadline;
    private static readonly string Library = Path.Combine(Repository.Root, "gateway", "wwwroot", "lib", "hls.js", "hls.min.mjs");

    [Fact]
    public async Task LowLatencyTitle_ThroughTheGateway_PlaysAsItDoesDirectly()
    {
        Assert.SkipUnless(File.Exists(Library), "hls.js is missing; `dotnet build gateway` installs it where npm is available.");
        await using var fixture = await GatewayWithStub.StartAsync();
        var direct = await PlayAsync(fixture.StubUrl, new Uri(fixture.StubUrl, "/demo-ll/master.m3u8"));
        var through = await PlayAsync(fixture.Url, new Uri(fixture.Url, "/play/demo-ll/master.m3u8"));

        foreach (var (way, play) in new[] { ("direct", direct), ("gateway", through) })
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{way}: latency {play.Latency:0.000} s (median of {play.Samples}), target {play.Target:0.000} s, {play.Stalls} stalls, {play.Position:0.0} s played"));
        }

        Assert.Null(direct.Fatal);
        Assert.Null(through.Fatal);
        Assert.True(through.Position >= PlaySeconds, $"{through.Position} s");
        Assert.True(through.Parts > 0, "no part was loaded: this was not low-latency play");
        Assert.Equal(direct.Target, through.Target, 0.001);
    }

    /// <summary>A bare page of the same origin, so that nothing but hls.js itself plays a part.</summary>
    private async Task<Play> PlayAsync(Uri origin, Uri manifest)
    {
        await using var tab = await chromium.OpenAsync(origin);
        await tab.Page.RouteAsync("**/bare/page", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><video muted></video>" }));
        await tab.Page.RouteAsync("**/bare/hls.mjs", route => route.FulfillAsync(new() { ContentType = "text/javascript", Path = Library }));
        await tab.GoAsync("/bare/page");
        await tab.Page.EvaluateAsync(
            """
            async ([manifest, seconds]) => {
              const { default: Hls } = await import('/bare/hls.mjs');
              const video = document.querySelector('video');
              // Without a faster rate hls.js keeps the latency that it happened to start with, and each stall of a busy machine would move its target.
              const hls = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5, liveSyncOnStallIncrease: 0, enableWorker: false });
              const play = window.play = { fatal: null, stalls: 0, parts: 0, position: 0, target: 0, latencies: [], done: false };
              hls.on(Hls.Events.ERROR, (_, data) => {
                if (data.fatal) play.fatal = `${data.details} ${data.reason ?? ''}`;
                if (data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR) play.stalls++;
              });
              hls.on(Hls.Events.FRAG_LOADED, (_, data) => { if (data.part) play.parts++; });
              let begin = null;
              setInterval(() => {
                if (begin === null && video.currentTime > 0) begin = video.currentTime;
                if (begin === null) return;
                play.position = video.currentTime - begin;
                play.target = hls.targetLatency ?? 0;
                // The second half counts: by then it has caught up.
                if (play.position > seconds / 2 && !play.done) play.latencies.push(hls.latency);
                play.done = play.position >= seconds;
              }, 200);
              hls.loadSource(manifest);
              hls.attachMedia(video);
              video.play().catch(() => {});
            }
            """,
            new object[] { manifest.ToString(), PlaySeconds });
        try
        {
            await tab.Page.WaitForFunctionAsync("() => window.play.done || window.play.fatal !== null", null, new() { Timeout = (float)Deadline.TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{manifest} did not play for {PlaySeconds} s within {Deadline}: {await tab.Page.EvaluateAsync<string>("JSON.stringify(window.play)")}");
        }

        return JsonSerializer.Deserialize<Play>(await tab.Page.EvaluateAsync<string>("JSON.stringify(window.play)"), JsonSerializerOptions.Web)!;
    }

    private sealed record Play(string? Fatal, int Stalls, int Parts, double Position, double Target, double[] Latencies)
    {
        public int Samples => Latencies.Length;

        public double Latency => Latencies.Length == 0 ? 0 : Latencies.Order().ElementAt(Latencies.Length / 2);
    }
}
