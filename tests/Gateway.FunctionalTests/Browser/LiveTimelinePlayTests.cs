using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>A live MPD that lists its segments: a player that does not reload it comes to the end of the list.</summary>
public sealed partial class LiveTimelinePlayTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int ListedSegments = 5;

    [Theory]
    [InlineData("dashjs")]
    [InlineData("shaka")]
    public async Task LiveMpd_WithSegmentTimeline_PlaysOnBehindTheFirstList(string player)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);

        await page.GoAsync($"/?asset=demo-live/manifest.mpd&player={player}&autoplay=1&muted=1");
        var state = await page.UntilAsync($"s.startupSeconds !== null && s.position > s.firstPosition + {2 * ListedSegments + 2}", Patience.Deadline);

        Assert.Null(state.FatalError);
        Assert.True(state.Live);
    }

    /// <summary>The transcoder's live title, whose MPD counts segments by their duration, with a list of the last ones instead.</summary>
    private static async Task AnswerAsync(HttpContext context, GatewayWithStub titles)
    {
        using var answer = await titles.Client.GetAsync(new Uri(titles.StubUrl, context.Request.Path.Value), context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (context.Request.Path.Value!.EndsWith(".mpd", StringComparison.Ordinal)) body = Encoding.UTF8.GetBytes(List(Encoding.UTF8.GetString(body)));
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string List(string mpd)
    {
        var start = DateTimeOffset.Parse(StartTime().Match(mpd).Groups["start"].Value, CultureInfo.InvariantCulture);
        return Counted().Replace(mpd, template =>
        {
            var (timescale, duration) = (long.Parse(template.Groups["timescale"].Value, CultureInfo.InvariantCulture), long.Parse(template.Groups["duration"].Value, CultureInfo.InvariantCulture));
            var first = (long)((TimeProvider.System.GetUtcNow() - start).TotalSeconds * timescale / duration) - ListedSegments;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"""<SegmentTemplate timescale="{timescale}" startNumber="{first}"{template.Groups["names"].Value}><SegmentTimeline><S t="{first * duration}" d="{duration}" r="{ListedSegments - 1}"/></SegmentTimeline></SegmentTemplate>""");
        });
    }

    [GeneratedRegex("availabilityStartTime=\"(?<start>[^\"]*)\"", RegexOptions.ExplicitCapture, -1)]
    private static partial Regex StartTime();

    [GeneratedRegex("<SegmentTemplate timescale=\"(?<timescale>\\d+)\" startNumber=\"0\"(?<names> initialization=\"[^\"]*\" media=\"[^\"]*\") duration=\"(?<duration>\\d+)\" />", RegexOptions.ExplicitCapture, -1)]
    private static partial Regex Counted();
}
