using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Rollout;
using Gateway.Rollout;
using Gateway.Rollout.Cohorts;
using Gateway.Sessions.Registry;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The player page in Chromium plays what the gateway recommends, by the settings that it gives.</summary>
public sealed class EngineTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Page_WithoutAChoice_FollowsTheEngineThatIsSwitchedAtRunTime()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:Stage=3", "--Gateway:Telemetry:ScrapeAge=00:00:00");
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = "direct" });
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?title=demo&autoplay=1&muted=1");
        var begun = await page.UntilAsync("s.position > 1", Patience.Deadline);
        Assert.Contains(page.Requests, url => url.Contains("/demo/direct.mp4", StringComparison.Ordinal));
        Assert.DoesNotContain(page.Requests, url => url.Contains(".m3u8", StringComparison.Ordinal));
        var session = Assert.Single(fixture.Part<SessionRegistry>().All);
        Assert.Equal((PlaybackEngine.Direct, RolloutArm.ByRule), (session.Parameters.Engine, session.Parameters.Arm));
        // The page knows the session of its one file, else this side would never tell how its starts went.
        await Patience.UntilAsync(async () => (await fixture.Client.GetStringAsync("/metrics")).Contains("gateway_startup_seconds_count{engine=\"direct\"} 1\n", StringComparison.Ordinal));

        // What plays keeps what it has.
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = "segmented" });
        await page.UntilAsync($"s.position > {begun.Position + 1:0}", Patience.Deadline);
        Assert.DoesNotContain(page.Requests, url => url.Contains(".m3u8", StringComparison.Ordinal));
        // The next start follows, also that of the address as it stands now.
        await page.Page.ClickAsync("#play");
        await page.UntilAsync("s.asset.endsWith('.m3u8') && s.position > 1", Patience.Deadline);
        await page.Page.ReloadAsync();
        await page.Page.WaitForSelectorAsync("#play:enabled");
        await page.Page.ClickAsync("#play");
        await page.UntilAsync("s.asset.endsWith('.m3u8') && s.position > 1", Patience.Deadline);
        Assert.Contains(fixture.Part<SessionRegistry>().All, s => s.Parameters is { Engine: PlaybackEngine.Segmented, Arm: RolloutArm.ByRule });

        // Drawn by lot it is on the side that was drawn.
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = "staged" });
        await page.Page.ClickAsync("#play");
        await Patience.UntilAsync(() => Task.FromResult(fixture.Part<SessionRegistry>().All.Any(s => s.Parameters.Arm is RolloutArm.Control or RolloutArm.Treatment)));
        await page.UntilAsync("s.position > 0.5", Patience.Deadline);
        Assert.Empty(page.Violations);
    }

    [Fact]
    public async Task Page_ByTheGatewaysSettings_BeginsLowAndTriesASlowStartAgain()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:EngineMode=Segmented", "--Gateway:Player:StartupTimeout=00:00:01.500", "--Gateway:Prefetch:Segments=0", "--Gateway:Telemetry:ScrapeAge=00:00:00");
        // The first answer comes when its start has been given up.
        await fixture.PutFaultsAsync(new { kind = "latency", path = "/demo/master.m3u8", milliseconds = 4000, times = 1 });
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?asset=demo/master.m3u8&player=hlsjs&autoplay=1&muted=1");
        var state = await page.UntilAsync("s.position > 1", Patience.Deadline);
        Assert.Null(state.FatalError);
        Assert.Equal(2, page.Requests.Count(url => url.Contains("/play/demo/master.m3u8", StringComparison.Ordinal)));
        Assert.Contains("/v360/", page.Requests.First(url => url.Contains("/seg_", StringComparison.Ordinal)), StringComparison.Ordinal);
        await Patience.UntilAsync(async () => (await fixture.Client.GetStringAsync("/metrics")).Contains("reason=\"startup_timeout\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OperatorsPage_OfARollOut_ShowsEvidenceAndTakesItUpAndBack()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:LimitedShare=0.5", "--Gateway:Rollout:Triggers:Interval=00:00:00.200");
        await RolloutApi.ChangeAsync(fixture.Client, new { contractPassed = true });
        await using var page = await chromium.OpenAsync(fixture.Url);
        page.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.GoAsync("/admin/");
        await page.Page.FillAsync("#sign-in [name=key]", GatewayWithStub.OperatorKey);
        await page.Page.ClickAsync("#sign-in button");

        // Up by the button, with what speaks for it shown.
        await UntilTextAsync("#rollout-facts", "0 – developers");
        await page.Page.ClickAsync("#rollout-next:enabled");
        await UntilTextAsync("#rollout-facts", "1 – local library");
        await UntilTextAsync("#rollout-judge", "Nothing is compared");
        await UntilTextAsync("#rollout-gates", "at least 200");
        Assert.True(await page.Page.IsDisabledAsync("#rollout-next"));

        // A wave with a control group: cohort, and evidence by metric on its way to the line.
        await RolloutApi.ChangeAsync(fixture.Client, new { stage = 2, @override = true });
        await UntilTextAsync("#rollout-facts", "50 % of eligible users");
        await page.Page.WaitForSelectorAsync("#rollout-evidence figure[data-metric=stalled] polyline", new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
        Assert.Equal(8, await page.Page.Locator("#rollout-evidence figure").CountAsync());

        // Back by the button, with the numbers of it; and the way back from there.
        await page.Page.ClickAsync("#rollout-revert");
        await UntilTextAsync("#rollout-reversion", "Reverted by operator");
        await UntilTextAsync("#rollout-reversion", "from stage 2");
        Assert.Equal("direct", await RolloutApi.EngineAsync(fixture.Client));
        await UntilTextAsync("#rollout-revert", "Come back");
        await page.Page.ClickAsync("#rollout-revert");
        await UntilTextAsync("#rollout-revert", "Revert to direct");
        Assert.False((await RolloutApi.ReadAsync(fixture.Client)).State.GetProperty("reverted").GetBoolean());

        async Task UntilTextAsync(string selector, string text) =>
            await page.Page.WaitForFunctionAsync("([selector, text]) => document.querySelector(selector)?.textContent.includes(text)", new[] { selector, text });
    }
}
