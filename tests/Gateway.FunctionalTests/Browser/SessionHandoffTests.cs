using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// From one title to the next with hls.js: the successor is prewarmed, its player gets ready beside the first, and takes over. The gap between the last frame
/// of the one and the first of the other is printed, for a quiet machine:
/// <c>dotnet test tests/Gateway.FunctionalTests --filter SessionHandoffTests --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class SessionHandoffTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Handoff_ToASecondTitle_PlaysOnWithoutAGap()
    {
        // The gateway's clock does not advance: a prewarm never times out.
        await using var fixture = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow());
        using var created = await fixture.Client.PostAsJsonAsync("/api/v1/playback/sessions", new { mediaId = "demo", engine = "segmented" }, TestContext.Current.CancellationToken);
        var first = await created.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        await using var tab = await BarePage.RunAsync(
            chromium,
            fixture.Url,
            """
            const [sessionId, hlsUrl] = argument;
            Object.assign(play, { lastFrame: null, firstFrame: null, position: 0, sources: [], reply: null });
            const open = (video, url) => {
              const hls = new Hls({ enableWorker: false });
              hls.on(Hls.Events.ERROR, (_, data) => {
                if (data.fatal || data.response?.code >= 400) play.errors.push(`${data.details} ${data.response?.code}`);
              });
              hls.loadSource(url);
              hls.attachMedia(video);
              return hls;
            };
            const [before, after] = videos;
            open(before, hlsUrl);
            before.play();
            const frame = (_, { mediaTime }) => {
              if (play.firstFrame !== null) return;
              play.lastFrame = performance.now();
              play.position = mediaTime;
              before.requestVideoFrameCallback(frame);
            };
            before.requestVideoFrameCallback(frame);

            window.handOff = async () => {
              const answer = await fetch(`/api/v1/playback/sessions/${sessionId}/handoff`, {
                method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ mediaId: 'demo-ts', isPlaying: true }),
              });
              if (answer.status !== 201) { play.errors.push(`handoff ${answer.status}`); return; }
              play.reply = await answer.json();
              const hls = open(after, play.reply.hlsUrl);
              hls.on(Hls.Events.FRAG_LOADED, (_, data) => play.sources.push(data.networkDetails.getResponseHeader('X-Served-From')));
              // Ready to play through; the first title has gone on meanwhile.
              if (after.readyState < HTMLMediaElement.HAVE_ENOUGH_DATA) await new Promise(ready => after.addEventListener('canplaythrough', ready, { once: true }));
              after.requestVideoFrameCallback(() => { play.firstFrame ??= performance.now(); });
              before.pause();
              await after.play();
              setInterval(() => { play.after = after.currentTime; }, 100);
            };
            """,
            () => new object[] { first.GetProperty("sessionId").GetString()!, first.GetProperty("hlsUrl").GetString()! });

        await tab.UntilAsync("p.position > 4");
        await tab.Page.EvaluateAsync("() => { window.handOff(); }");
        await tab.UntilAsync("p.firstFrame !== null && p.after > 3");

        var end = JsonSerializer.Deserialize<Play>(await tab.Page.EvaluateAsync<string>("JSON.stringify(window.play)"), JsonSerializerOptions.Web)!;
        var gap = end.FirstFrame - end.LastFrame;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{gap:0} ms between the last frame of the first title (at {end.Position:0.00} s) and the first of the second"));
        Assert.True(end.Reply.GetProperty("shouldPlay").GetBoolean());
        Assert.Equal(first.GetProperty("sessionId").GetString(), end.Reply.GetProperty("previousSessionId").GetString());
        // The player's first requests were prefetched.
        Assert.Equal("buffer", end.Sources[0]);
        // The first title's URLs are valid until its session ends.
        using var old = await fixture.Client.GetAsync(first.GetProperty("hlsUrl").GetString(), TestContext.Current.CancellationToken);
        Assert.True(old.IsSuccessStatusCode);
    }

    private sealed record Play(double LastFrame, double FirstFrame, double Position, string[] Sources, JsonElement Reply);
}
