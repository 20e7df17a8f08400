using System.Globalization;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The origin of a film goes away while it plays, for longer than the players repeat a request: with <c>Cache:Outage:Patience</c> the film plays on, without it has ended.</summary>
public sealed class OutagePlayTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Five segments of two seconds come before it.</summary>
    private const string Segment = "/seg_00006.m4s";

    [Theory]
    [InlineData("hlsjs", "master.m3u8")]
    [InlineData("dashjs", "manifest.mpd")]
    [InlineData("shaka", "manifest.mpd")]
    public async Task Origin_ThatIsAwayForAWhile_EndsNoFilm(string player, string manifest)
    {
        var origin = new OriginThatLeaves(Segment);
        await using var stub = await StartAsync(origin);
        await using var gateway = await StartAsync(stub, "00:00:09");
        await using var tab = await StockPlayer.OpenAsync(chromium, gateway.Url, player, $"/play/demo/{manifest}");

        // One request has waited for all that it could, the player has its refusal, and asks again.
        await Patience.UntilAsync(async () => await SumAsync(gateway, "gateway_cache_outage_holds_total{outcome=\"expired\"}") >= 1, () => "No request waited.");
        origin.Return();

        await tab.UntilAsync("p.ends.length > 0 || (p.buffered > 14 && p.position > 11)");
        Assert.Equal("[]", await tab.Page.EvaluateAsync<string>("JSON.stringify(window.play.ends)"));
        await Patience.UntilAsync(async () => await SumAsync(gateway, "gateway_cache_outage_held") == 0, () => "Requests wait still.");
        // The player has not begun anew.
        Assert.Equal(1, await SumAsync(gateway, "gateway_sessions_active{"));
    }

    /// <summary>hls.js would repeat its request for half a minute.</summary>
    [Theory]
    [InlineData("dashjs", "manifest.mpd")]
    [InlineData("shaka", "manifest.mpd")]
    public async Task Origin_ThatIsAway_WithoutPatienceIsTheEnd(string player, string manifest)
    {
        await using var stub = await StartAsync(new OriginThatLeaves(Segment));
        await using var gateway = await StartAsync(stub, "00:00:00");
        await using var tab = await StockPlayer.OpenAsync(chromium, gateway.Url, player, $"/play/demo/{manifest}");

        await tab.Page.WaitForFunctionAsync("() => window.play.ends.length > 0", null, new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });
        Assert.Equal(0, await SumAsync(gateway, "gateway_cache_outage_holds_total{outcome=\"expired\"}"));
    }

    private static async Task<WebApplication> StartAsync(OriginThatLeaves origin)
    {
        var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], builder => builder.Services.AddSingleton<IStartupFilter>(origin));
        await stub.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    /// <summary>Nothing is fetched ahead: the player itself meets the outage.</summary>
    private static Task<GatewayWithStub> StartAsync(WebApplication stub, string patience) =>
        GatewayWithStub.StartAtAsync($"{stub.Urls.First()}/", $"--Gateway:Cache:Outage:Patience={patience}", "--Gateway:Prefetch:Segments=0");

    private static async Task<double> SumAsync(GatewayWithStub gateway, string series) => (await gateway.Client.GetStringAsync("/metrics")).Split('\n')
        .Where(l => l.StartsWith(series, StringComparison.Ordinal))
        .Sum(l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
}
