using Gateway.FunctionalTests.Common;
using Gateway.Sessions.Registry;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// Two gateways with names of their own, no balancer, and a player that nobody helps: while its gateway drains it goes to the other one by the steering documents alone, with all that it loads, so that the end of the
/// first one is nothing to it.
/// </summary>
public sealed class SteeredPlayTests
{
    private const string One = "http://edge-1.test/";
    private const string Two = "http://edge-2.test/";

    private static readonly string[] Knobs =
    [
        "--Gateway:Access:TicketKeys:0=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "--Gateway:Steering:Ttl=00:00:01",
        $"--Gateway:Steering:Pathways:one={One}", $"--Gateway:Steering:Pathways:two={Two}",
    ];

    [Theory]
    [InlineData("hlsjs", "demo-live/master.m3u8", ".m3u8")]
    [InlineData("dashjs", "demo-live/manifest.mpd", ".mpd")]
    [InlineData("shaka", "demo-live/manifest.mpd", ".mpd")]
    public async Task Player_OfAGatewayThatDrains_MovesAndOutlivesIt(string player, string title, string manifest)
    {
        await using var second = await GatewayWithStub.StartAsync([.. Knobs, "--Gateway:Steering:Self=two"]);
        await using var first = new Stopped(await GatewayWithStub.StartAtAsync($"{second.StubUrl}", [.. Knobs, "--Gateway:Steering:Self=one"]));
        await using var chromium = new ChromiumWithNames(("edge-1.test", first.Gateway.Url.Port), ("edge-2.test", second.Url.Port));
        await chromium.InitializeAsync();
        // A page of the other gateway; media come from the first one.
        await using var tab = await StockPlayer.OpenAsync(chromium, new Uri(Two), player, $"{One}play/{title}");
        await tab.UntilAsync("p.position > 0");
        Assert.False(Asked(tab, Two, manifest));

        first.Gateway.Part<Drain>().Set(true);
        await Patience.UntilAsync(() => Task.FromResult(Asked(tab, Two, manifest) && Asked(tab, Two, ".m4s")), () => $"Nothing moved: {string.Join('\n', tab.Requests.TakeLast(30))}");

        await first.DisposeAsync();
        var buffered = await tab.Page.EvaluateAsync<double>("() => window.play.buffered");
        await tab.UntilAsync(FormattableString.Invariant($"p.position > {buffered + 4}"));
    }

    private static bool Asked(PlayerPage tab, string gateway, string suffix) =>
        tab.Requests.Any(url => url.StartsWith(gateway, StringComparison.Ordinal) && url.Split('?')[0].EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>A gateway that the test stops, or its end.</summary>
    private sealed class Stopped(GatewayWithStub gateway) : IAsyncDisposable
    {
        private bool _isStopped;

        public GatewayWithStub Gateway => gateway;

        public ValueTask DisposeAsync()
        {
            if (_isStopped) return ValueTask.CompletedTask;
            _isStopped = true;
            return gateway.DisposeAsync();
        }
    }
}
