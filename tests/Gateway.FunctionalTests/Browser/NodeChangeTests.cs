using Gateway.FunctionalTests.Common;
using Gateway.Sessions.Registry;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// Two gateways behind a balancer, which is the browser's own here: one drains under a page that plays, then it is gone. The page goes on at the other one in a session of that one, with the player that
/// it has.
/// </summary>
public sealed class NodeChangeTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Key = "--Gateway:Access:TicketKeys:0=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    [Theory]
    [InlineData("hls", "hlsjs")]
    [InlineData("dash", "dashjs")]
    [InlineData("dash", "shaka")]
    public async Task Drain_ThenTheEndOfANode_PlaysOnAtTheOther(string format, string player)
    {
        await using var first = await GatewayWithStub.StartAsync(Key);
        await using var second = await GatewayWithStub.StartAtAsync($"{first.StubUrl}", Key);
        await using var page = await chromium.OpenAsync(first.Url);
        // A heartbeat a second: nothing here waits for the usual quarter of a minute.
        await page.ReplaceAsync("session/continuity.js", "export const beatMs = 15_000;", "export const beatMs = 1_000;");
        var isDraining = false;
        var isGone = false;
        var opened = "";
        // As a balancer with a check: what opens sessions goes where they are taken, and everything does once the node is gone.
        await page.Page.RouteAsync("**/api/**", route => isGone || (isDraining && !route.Request.Url.EndsWith($"{opened}/heartbeat", StringComparison.Ordinal) && route.Request.Method == "POST")
            ? route.ContinueAsync(new() { Url = new UriBuilder(route.Request.Url) { Port = second.Url.Port }.Uri.AbsoluteUri })
            : route.ContinueAsync());
        await page.GoAsync($"/?title=demo-live&format={format}&player={player}&autoplay=1&muted=1");
        var before = await page.UntilAsync("s.startupSeconds !== null && s.gatewaySession !== null", Patience.Deadline);
        Assert.Null(before.FatalError);
        Assert.Single(first.Part<SessionRegistry>().All);

        // The next heartbeat's answer says it.
        opened = before.GatewaySession!;
        isDraining = true;
        first.Part<Drain>().Set(true);
        await page.UntilAsync($"s.gatewaySession !== '{before.GatewaySession}'", Patience.Deadline);
        var taken = await page.StateAsync();
        Assert.Contains(second.Part<SessionRegistry>().All, session => session.Id.ToString("N") == taken.GatewaySession);

        // Everything that is in the buffer was there before: what moves after it comes from the other node.
        isGone = true;
        var end = await page.UntilAsync(FormattableString.Invariant($"s.phase === 'playing' && s.position > {taken.Position + taken.BufferSeconds + 3}"), Patience.Deadline);
        Assert.Null(end.FatalError);
        Assert.NotEqual(before.GatewaySession, end.GatewaySession);
        // The same player all along: nothing was opened again.
        await page.Page.WaitForFunctionAsync("() => /Handed off|Opened anew/.test(document.getElementById('events-list').textContent)");
        Assert.DoesNotContain("Interrupted", await page.Page.TextContentAsync("#events-list"), StringComparison.Ordinal);
        Assert.Empty(page.Violations);
    }
}
