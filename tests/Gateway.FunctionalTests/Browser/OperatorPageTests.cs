using Gateway.FunctionalTests.Common;
using Gateway.Sessions.Registry;
using Gateway.Telemetry.Samples;
using Microsoft.Extensions.Hosting;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The operator's page in Chromium: who gets in, what is seen of a viewer, and what can be done.</summary>
public sealed class OperatorPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string HostileName = "<img src=x onerror=document.title='owned'>";

    [Fact]
    public async Task Operator_SignsIn_SeesAViewerOpensItsTimelineAndEndsTheSession()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Prefetch:Segments=0", "--Gateway:Sessions:PlayingTimeout=00:10:00");
        using var client = fixture.NewClient("viewer");
        var viewer = await HlsViewer.StartAsync(client, "/play/demo/master.m3u8");
        for (var i = 0; i < 3; i++) (await client.GetAsync(viewer.Segments[i])).EnsureSuccessStatusCode();
        using var hostile = await client.GetAsync(new Uri(viewer.Segments[0], Uri.EscapeDataString(HostileName)));
        var id = fixture.Part<SessionRegistry>().All.Single().Id;
        (await ControlPlane.PostAsync(fixture.Client, $"/api/v1/playback/sessions/{id:N}/events", """[{"event":"player.rebuffer"},{"event":"player.rebuffer_recovered","durationMs":1500}]""")).EnsureSuccessStatusCode();
        await using var tab = await chromium.OpenAsync(fixture.Url);
        var page = tab.Page;

        // A wrong key sees the login and nothing else.
        await tab.GoAsync("/admin/");
        await page.FillAsync("#key", "a-wrong-key-of-nobody");
        await page.ClickAsync("#sign-in button");
        await page.WaitForFunctionAsync("() => document.querySelector('#sign-in-note').textContent.includes('not accepted')");
        Assert.False(await page.IsVisibleAsync("#desk"));
        Assert.Equal(0, await page.Locator("#session-rows tr").CountAsync());

        // The right one sees who plays, by keyboard alone.
        await page.FillAsync("#key", GatewayWithStub.OperatorKey);
        await page.Keyboard.PressAsync("Enter");
        var row = page.Locator($"#session-rows tr[data-session='{id:N}']");
        await row.WaitForAsync();
        var text = await row.InnerTextAsync();
        foreach (var part in new[] { "/demo/master.m3u8", "127.0.0.0/24", "segmented, HLS", "1 (1.5 s)" }) Assert.Contains(part, text, StringComparison.Ordinal);
        // What its timers do every few seconds.
        fixture.Part<SessionRegistry>().CountPlaying();
        var sampler = fixture.Part<IEnumerable<IHostedService>>().OfType<MetricSampler>().Single();
        for (var i = 0; i < 2; i++) await sampler.SampleAsync(TestContext.Current.CancellationToken);
        await page.WaitForFunctionAsync("() => document.querySelector('#playing').textContent === '1' && document.querySelector('#held').textContent === '1'");
        await page.FillAsync("#session-filter", "nothing of this name");
        await row.WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
        await page.FillAsync("#session-filter", "demo");
        await row.WaitForAsync();

        // Its timeline, in which a name that a client made up is a text.
        await row.Locator("button.link").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.querySelector('#timeline-rows').textContent.includes('Picture stood 1.5 s')");
        var events = await page.TextContentAsync("#timeline-rows");
        foreach (var part in new[] { "Session begins", "p at 00:00", "404", "onerror" }) Assert.Contains(part, events!, StringComparison.Ordinal);
        Assert.NotEqual("owned", await page.TitleAsync());
        Assert.Equal(1, await page.Locator("#timeline-waits li").CountAsync());
        Assert.NotEqual(0, await page.Locator("#timeline-strip rect.line").CountAsync());

        // An order that hurts is named first, and given only with a yes.
        await page.ClickAsync("#timeline-end");
        Assert.Contains($"{id:N}", await page.TextContentAsync("#ask-text"), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Escape");
        Assert.True(fixture.Part<SessionRegistry>().Lives(id));
        await page.ClickAsync("#timeline-end");
        await page.ClickAsync("#ask-yes");
        await page.WaitForFunctionAsync("() => document.querySelector('#timeline-rows').textContent.includes('Session ends: revoked')");
        Assert.False(fixture.Part<SessionRegistry>().Lives(id));
        await page.ClickAsync("#timeline-close");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#session-rows tr').length === 0");
        await page.CheckAsync("#session-ended");
        await page.WaitForFunctionAsync("() => document.querySelector('#session-rows').textContent.includes('ended: revoked')");

        // Drained and taken back.
        await page.ClickAsync("#drain");
        await page.ClickAsync("#ask-yes");
        await page.WaitForSelectorAsync("#draining:not([hidden])");
        Assert.True(fixture.Part<Drain>().IsDraining);
        await page.ClickAsync("#drain");
        await page.WaitForSelectorAsync("#draining", new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });
        await page.FillAsync("#purge-prefix", "/demo/");
        await page.ClickAsync("#purge-form button");
        Assert.Contains("/demo/", await page.TextContentAsync("#ask-text"), StringComparison.Ordinal);
        await page.ClickAsync("#ask-yes");
        await page.WaitForFunctionAsync("() => document.querySelector('#done').textContent.includes('objects below /demo/ were dropped')");

        // Who signs out leaves nothing on the page.
        await page.ClickAsync("#sign-out");
        await page.WaitForSelectorAsync("#sign-in:not([hidden])");
        Assert.False(await page.IsVisibleAsync("#desk"));
        Assert.Empty(tab.Violations);
    }
}
