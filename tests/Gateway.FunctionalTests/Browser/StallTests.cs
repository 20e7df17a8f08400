using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// The gateway counts the stalls that a page sees, from nothing but what stock players send with their requests, and once only when the page tells of them as well. shaka-player is not here: it gives a request up
/// after 5 s without progress, sooner than its buffer is empty; how it reports a stall is among the unit tests.
/// </summary>
public sealed class StallTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("hls", "hlsjs", false)]
    [InlineData("dash", "dashjs", false)]
    [InlineData("hls", "hlsjs", true)]
    [InlineData("dash", "dashjs", true)]
    public async Task LateSegment_IsOneStallForThePageAndForTheGateway(string format, string player, bool pageReports)
    {
        // The late segment is not to be given up by the gateway, only waited for by the player, and longer than what plays before it (10 s).
        await using var house = await GatewayWithStub.StartAsync(
            "--Gateway:Origin:FirstByteTimeout=00:01:00", "--Gateway:Origin:TimeBudget=00:01:30", "--Gateway:Origin:IdleTimeout=00:01:00");
        await house.PutFaultsAsync(new { kind = "latency", path = "/**/seg_00006.m4s", milliseconds = 18_000 });
        await using var page = await chromium.OpenAsync(house.Url);
        if (!pageReports) await page.Page.RouteAsync("**/events", route => route.AbortAsync());
        await page.GoAsync($"/?title=demo&format={format}&player={player}&autoplay=1&muted=1");

        var state = await page.UntilAsync("s.rebuffers > 0 && s.position > 11", Deadline);
        Assert.Null(state.FatalError);
        // The sign comes with the player's next request.
        var counted = 0;
        var started = TimeProvider.System.GetTimestamp();
        while (counted < state.Rebuffers && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, TestContext.Current.CancellationToken);
            counted = await CountedAsync(house.Client);
        }

        Assert.Equal(state.Rebuffers, counted);
        if (!pageReports) return;

        // The page's own clock, and not the estimate from what the player says with its requests on top of it.
        var stood = await SumAsync(house.Client, "gateway_rebuffer_seconds_total");
        Assert.InRange(stood, state.RebufferSeconds - 0.1, state.RebufferSeconds + 0.1);
    }

    private static async Task<int> CountedAsync(HttpClient client) => (int)await SumAsync(client, "gateway_rebuffer_events_total");

    private static async Task<double> SumAsync(HttpClient client, string name) => (await client.GetStringAsync("/metrics")).Split('\n')
        .Where(l => l.StartsWith($"{name}{{", StringComparison.Ordinal))
        .Sum(l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
}
