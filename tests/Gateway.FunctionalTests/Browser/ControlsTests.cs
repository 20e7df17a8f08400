using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Rollout;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// What a viewer does with one title on the player page, by one script in both engines: play, pause, seek, repeat, stop. Its queue is <see cref="QueueTests"/>, shared listening <see cref="GroupTests"/>, in
/// both engines as well.
/// </summary>
public sealed class ControlsTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Script_OfTheControls_HasTheSameEventsInBothEngines()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:Stage=3");
        var direct = await PlayAsync(fixture, "direct");
        var segmented = await PlayAsync(fixture, "segmented");
        Assert.Equal(direct, segmented);
        Assert.Equal("pause: pause; play: play; ahead: seeking seeked; back: seeking seeked; repeat: seeking seeked seeking seeked; end: seeking seeked pause ended; again: seeking play seeked; stop:", direct);
    }

    private async Task<string> PlayAsync(GatewayWithStub fixture, string engine)
    {
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = engine });
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?title=demo&muted=1");
        await page.Page.WaitForSelectorAsync("#play:enabled");
        await page.Page.ClickAsync("#play");
        await page.UntilAsync("s.position > 0.5", Patience.Deadline);
        Assert.Equal(engine == "segmented", page.Requests.Any(static url => url.Contains("master.m3u8", StringComparison.Ordinal)));
        // Only what a viewer causes: how often an engine waits for data is its own affair.
        await page.Page.EvaluateAsync(
            """
            () => {
              window.heard = [];
              const video = document.getElementById('video');
              for (const kind of ['play', 'pause', 'seeking', 'seeked', 'ended']) {
                video.addEventListener(kind, () => window.heard.push(kind));
              }
            }
            """);
        string[] told =
        [
            await StepAsync("pause", "v => v.pause()", "v.paused"),
            await StepAsync("play", "v => v.play()", "!v.paused && v.currentTime > window.from + 0.3"),
            await StepAsync("ahead", "v => { v.currentTime = 12; }", "!v.seeking && v.currentTime > 12.3"),
            await StepAsync("back", "v => { v.currentTime = 2; }", "!v.seeking && v.currentTime > 2.3 && v.currentTime < 8"),
            await StepAsync("repeat", "v => { v.loop = true; v.currentTime = v.duration - 0.7; }", "!v.seeking && v.currentTime > 0.3 && v.currentTime < 5"),
            await StepAsync("end", "v => { v.loop = false; v.currentTime = v.duration - 0.7; }", "v.ended"),
            await StepAsync("again", "v => v.play()", "!v.paused && !v.seeking && v.currentTime > 0.3 && v.currentTime < 8"),
            await StepAsync("stop", "() => document.getElementById('stop').click()", "v.readyState === 0"),
        ];
        Assert.Empty(page.Violations);
        return string.Join("; ", told);

        async Task<string> StepAsync(string name, string deed, string until)
        {
            await page.Page.EvaluateAsync($"() => {{ const v = document.getElementById('video'); window.heard = []; window.from = v.currentTime; return ({deed})(v); }}");
            await page.Page.WaitForFunctionAsync($"() => {{ const v = document.getElementById('video'); return {until}; }}", null, new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });
            return $"{name}: {await page.Page.EvaluateAsync<string>("() => window.heard.join(' ')")}".TrimEnd();
        }
    }
}
