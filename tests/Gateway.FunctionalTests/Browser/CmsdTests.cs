using System.Net.Http.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>shaka-player obeys CMSD as it comes: it begins no higher than the gateway says, and goes to the top when the gateway lets it.</summary>
public sealed class CmsdTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly string[] s_rungs = ["/v360/seg_", "/v480/seg_", "/v720/seg_"];

    /// <summary>
    /// By its own estimate (1 Mbit/s at first) it would begin with the highest rung. Later the limit leaves it more than the lowest, because it may have given that up
    /// (<see cref="Gateway.Adaptation.Policy.SurvivableCap"/>).
    /// </summary>
    [Fact]
    public async Task Shaka_UnderALimit_BeginsBelowItAndRisesWhenItIsLifted()
    {
        // No session is left alone.
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Adaptation:UntouchedShare=0");
        await CapAsync(fixture, 250);
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?title=demo&format=dash&player=shaka&autoplay=1&muted=1");

        var limited = await page.UntilAsync("s.position > 1", Patience.Deadline);
        Assert.Null(limited.FatalError);
        Assert.Contains("/v360/", page.Requests.First(r => s_rungs.Any(rung => r.Contains(rung, StringComparison.Ordinal))), StringComparison.Ordinal);

        await CapAsync(fixture, 0);
        var risen = await page.UntilAsync("s.rendition && s.rendition.height === 720", Patience.Deadline);
        Assert.Null(risen.FatalError);
        Assert.Equal(720, risen.Rendition!.Height);
    }

    private static async Task CapAsync(GatewayWithStub fixture, int kbps)
    {
        using var answer = await fixture.Client.PutAsJsonAsync("/admin/adaptation", new { capKbps = kbps });
        answer.EnsureSuccessStatusCode();
    }
}
