using Gateway.FunctionalTests.Common;
using Gateway.Load.Waves;

namespace Gateway.FunctionalTests.Load;

/// <summary>The players of waves and drills, against a real gateway.</summary>
public sealed class WavePlayersTests
{
    private static readonly WavePlan s_plan = new() { Name = "test", WatchSec = 0.3, PatienceSec = 60 };

    [Fact]
    public async Task Play_SeeksOverASlowOrigin_WaitsForEachPicture()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Prefetch:Segments=0");
        await fixture.PutFaultsAsync(new { kind = "latency", path = "/demo/**/*.m4s", milliseconds = 700 });
        await using var players = new WavePlayers(s_plan, fixture.Url, TimeProvider.System);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var played = await players.PlayAsync("/play/demo/master.m3u8", invoker, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)).WaitAsync(Patience.Deadline, TestContext.Current.CancellationToken);
        Assert.NotNull(played.StartUp);
        Assert.Equal(2, played.Seeks.Length);
        Assert.All(played.Seeks, static seek => Assert.NotNull(seek.Duration));
    }
}
