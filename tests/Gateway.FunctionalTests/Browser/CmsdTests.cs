using System.Net.Http.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>shaka-player obeys CMSD as it comes: it goes no higher than the gateway says, and rises again when the gateway lets it.</summary>
public sealed class CmsdTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("dash")]
    [InlineData("hls")]
    public async Task Shaka_UnderALimit_StaysBelowItAndRisesWhenItIsLifted(string format)
    {
        // No session is left alone.
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Adaptation:UntouchedShare=0");
        await CapAsync(fixture, 250);
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync($"/?title=demo&format={format}&player=shaka&autoplay=1&muted=1");

        var limited = await page.UntilAsync("s.position > 3 && s.rendition", Patience.Deadline);
        Assert.Null(limited.FatalError);
        // The lowest is 360; one above it is allowed, for a player may give the lowest up (SurvivableCap).
        Assert.True(limited.Rendition!.Height < 720, $"It plays {limited.Rendition.Height}.");
        // Of HLS it loads the first variant's first segments before it chooses.
        if (format == "dash") Assert.DoesNotContain(page.Requests, r => r.Contains("/v720/", StringComparison.Ordinal) && r.Contains("seg_", StringComparison.Ordinal));

        await CapAsync(fixture, 0);
        var risen = await page.UntilAsync("s.rendition && s.rendition.height > 480", Patience.Deadline);
        Assert.Null(risen.FatalError);
        Assert.True(risen.Rendition!.Height > 480, $"It stays at {risen.Rendition.Height}.");
    }

    private static async Task CapAsync(GatewayWithStub fixture, int kbps)
    {
        using var answer = await fixture.Client.PutAsJsonAsync("/admin/adaptation", new { capKbps = kbps });
        answer.EnsureSuccessStatusCode();
    }
}
