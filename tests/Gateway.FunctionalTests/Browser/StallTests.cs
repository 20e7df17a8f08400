using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// The gateway counts the stalls that a page sees, from nothing but what stock players send with their requests. shaka-player is not here: it gives a request up
/// after 5 s without progress, sooner than its buffer is empty; how it reports a stall is among the unit tests.
/// </summary>
public sealed class StallTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("hls", "hlsjs")]
    [InlineData("dash", "dashjs")]
    public async Task LateSegment_IsOneStallForThePageAndForTheGateway(string format, string player)
    {
        // The late segment is not to be given up by the gateway, only waited for by the player, and longer than what plays before it (10 s).
        await using var house = await GatewayWithStub.StartAsync(
            "--Gateway:Origin:FirstByteTimeout=00:01:00", "--Gateway:Origin:TimeBudget=00:01:30", "--Gateway:Origin:IdleTimeout=00:01:00");
        await house.PutFaultsAsync(new { kind = "latency", path = "/**/seg_00006.m4s", milliseconds = 18_000 });
        await using var page = await chromium.OpenAsync(house.Url);
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
    }

    private static async Task<int> CountedAsync(HttpClient client) => (await client.GetStringAsync("/metrics")).Split('\n')
        .Where(l => l.StartsWith("gateway_rebuffer_events_total{", StringComparison.Ordinal))
        .Sum(l => int.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
}
