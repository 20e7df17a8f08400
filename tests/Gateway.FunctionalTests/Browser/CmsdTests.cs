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
        Assert.Equal(360, limited.Rendition!.Height);
        // Of HLS it looks into the first variant's first segment, for the time at which that begins.
        Assert.InRange(page.Requests.Count(r => r.Contains("/v720/", StringComparison.Ordinal) && r.Contains("seg_", StringComparison.Ordinal)), 0, 1);

        await CapAsync(fixture, 0);
        var risen = await page.UntilAsync("s.rendition && s.rendition.height > 360", Patience.Deadline);
        Assert.Null(risen.FatalError);
        Assert.True(risen.Rendition!.Height > 360, $"It stays at {risen.Rendition.Height}.");
    }

    private static async Task CapAsync(GatewayWithStub fixture, int kbps)
    {
        using var answer = await fixture.Client.PutAsJsonAsync("/admin/adaptation", new { capKbps = kbps });
        answer.EnsureSuccessStatusCode();
    }
}
