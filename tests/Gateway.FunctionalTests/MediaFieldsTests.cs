using System.Globalization;
using Gateway.FunctionalTests.CachedRoutes;

namespace Gateway.FunctionalTests;

/// <summary>What a media answer tells the caches behind the gateway.</summary>
public sealed class MediaFieldsTests
{
    [Theory]
    [InlineData("/play/t/seg1.ts", "public, max-age=3600")]
    [InlineData("/play/t/film.mp4", "public, max-age=3600")]
    [InlineData("/play/clock", "no-store")]
    [InlineData("/play/time.iso", "no-store")]
    [InlineData("/play/licence", "no-store")]
    [InlineData("/play/beacon.gif", "no-store")]
    public async Task Silence_OfUpstream_IsALifetimeForMediaOnly(string path, string cacheControl)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello");
        Assert.Equal(cacheControl, (await fixture.AskAsync(path))["Cache-Control"]);
    }

    [Theory]
    [InlineData("Expires: Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData("Set-Cookie: session=1")]
    public async Task Media_OfWhichUpstreamSaysSomething_GetNoLifetimeOfOurs(string field)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", field);
        Assert.Null((await fixture.AskAsync("/play/t/seg1.ts"))["Cache-Control"]);
    }

    [Fact]
    public async Task StaleIfError_OriginDown_SaysItsAge()
    {
        await using var fixture = await CachedRouteFixture.StartAsync("--Gateway:Origin:Retries=0");
        fixture.Origin.Answer = ScriptedOrigin.Gives("old", "Cache-Control: max-age=10, stale-if-error=600", "Age: 20");
        await fixture.AskAsync("/play/t/seg1.ts");
        fixture.Origin.Answer = ScriptedOrigin.Status(503);
        var answer = await fixture.AskAsync("/play/t/seg1.ts");
        Assert.Equal((200, "old"), (answer.Status, answer.Body));
        Assert.InRange(int.Parse(answer["Age"]!, CultureInfo.InvariantCulture), 20, 600);
    }
}
