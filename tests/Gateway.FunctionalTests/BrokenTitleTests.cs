using System.Globalization;
using Gateway.FunctionalTests.CachedRoutes;

namespace Gateway.FunctionalTests;

/// <summary>A title that is broken upstream fails for its own requests, and for no others.</summary>
public sealed class BrokenTitleTests
{
    [Theory]
    [InlineData("/play/broken/seg.ts", 503)]
    [InlineData("/play/broken/seg{0}.ts", 503)]
    [InlineData("/play/broken/seg{0}.ts", 502)]
    [InlineData("/play/invented{0}/seg.ts", 503)]
    public async Task OtherTitles_WhileABrokenOneIsRequestedRepeatedly_AreServed(string path, int status)
    {
        // The fake clock does not advance, so waits between tries would never end.
        await using var fixture = await CachedRouteFixture.StartAsync("--Gateway:Origin:Retries=0");
        var good = ScriptedOrigin.Gives("hello");
        fixture.Origin.Answer = context => context.Request.Path.StartsWithSegments("/good", StringComparison.Ordinal) ? good(context) : ScriptedOrigin.Status(status)(context);
        for (var i = 0; i < 72; i++)
        {
            Assert.InRange((await fixture.AskAsync(string.Format(CultureInfo.InvariantCulture, path, i))).Status, 502, 503);
            if (i % 6 == 0) Assert.Equal(200, (await fixture.AskAsync($"/play/good/t{i}/seg.ts")).Status);
        }

        // Who asks for the same in the moment in which its failure ends is told of that failure, and causes no request.
        Assert.InRange(fixture.Origin.Requests.Count, path.Contains("{0}", StringComparison.Ordinal) ? 72 + 12 : 1 + 12, 72 + 12);
    }
}
