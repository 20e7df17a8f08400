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
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = ScriptedOrigin.Gives("hello");
        Assert.Equal(cacheControl, (await house.AskAsync(path))["Cache-Control"]);
    }

    [Theory]
    [InlineData("Expires: Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData("Set-Cookie: session=1")]
    public async Task Media_OfWhichUpstreamSaysSomething_GetNoLifetimeOfOurs(string field)
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = ScriptedOrigin.Gives("hello", field);
        Assert.Null((await house.AskAsync("/play/t/seg1.ts"))["Cache-Control"]);
    }

    [Fact]
    public async Task StaleIfError_SaysItsAge()
    {
        await using var house = await CachedRouteHouse.StartAsync("--Gateway:Origin:Retries=0");
        house.Origin.Answer = ScriptedOrigin.Gives("old", "Cache-Control: max-age=10, stale-if-error=600", "Age: 20");
        await house.AskAsync("/play/t/seg1.ts");
        house.Origin.Answer = ScriptedOrigin.Status(503);
        var answer = await house.AskAsync("/play/t/seg1.ts");
        Assert.Equal((200, "old"), (answer.Status, answer.Body));
        Assert.InRange(int.Parse(answer["Age"]!, CultureInfo.InvariantCulture), 20, 600);
    }
}
