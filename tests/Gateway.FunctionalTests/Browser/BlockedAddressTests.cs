using System.Text;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The player page may contact the gateway only: the effect on titles that refer to other hosts, or lack a clock.</summary>
public sealed class BlockedAddressTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Elsewhere = "https://elsewhere.example/";
    private const string OwnClock = """<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="time" />""";

    [Theory]
    [InlineData("dashjs")]
    [InlineData("shaka")]
    public async Task LiveMpd_WithoutAClock_PlaysAndContactsNoOtherHost(string player)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles, mpd => mpd.Replace(OwnClock, "", StringComparison.Ordinal));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);

        var state = await PlayAsync(page, player, "demo-live/manifest.mpd");

        Assert.Null(state.FatalError);
        Assert.Empty(page.Violations);
        Assert.All(page.Requests.Where(url => url.StartsWith("http", StringComparison.Ordinal)), url => Assert.Equal(fixture.Url.Authority, new Uri(url).Authority));
    }

    [Theory]
    [InlineData("dashjs")]
    [InlineData("shaka")]
    public async Task LiveMpd_WithAClockElsewhere_PlaysAllTheSame(string player)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles, mpd => mpd.Replace("value=\"time\"", $"value=\"{Elsewhere}time\"", StringComparison.Ordinal));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);

        var state = await PlayAsync(page, player, "demo-live/manifest.mpd");

        Assert.Null(state.FatalError);
        Assert.Contains(page.Violations, text => text.Contains(Elsewhere, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dashjs")]
    [InlineData("shaka")]
    public async Task Mpd_WithMediaElsewhere_FailsAndNamesTheHost(string player)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles, mpd => mpd.Replace("\"$RepresentationID$/", $"\"{Elsewhere}$RepresentationID$/", StringComparison.Ordinal));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);

        var state = await PlayAsync(page, player, "demo/manifest.mpd");

        Assert.Equal("The manifest leads away from the gateway", state.FatalError?.Headline);
        Assert.Contains(Elsewhere, state.FatalError!.Detail, StringComparison.Ordinal);
    }

    private static async Task<PlayerState> PlayAsync(PlayerPage page, string player, string asset)
    {
        await page.GoAsync($"/?asset={asset}&player={player}&autoplay=1&muted=1");
        return await page.UntilAsync("s.startupSeconds !== null && s.position > s.firstPosition + 2", Patience.Deadline);
    }

    /// <summary>The transcoder's titles with their MPDs changed.</summary>
    private static async Task AnswerAsync(HttpContext context, GatewayWithStub titles, Func<string, string> change)
    {
        using var answer = await titles.Client.GetAsync(new Uri(titles.StubUrl, context.Request.Path.Value), context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (context.Request.Path.Value!.EndsWith(".mpd", StringComparison.Ordinal))
        {
            var mpd = Encoding.UTF8.GetString(body);
            var changed = change(mpd);
            Assert.NotEqual(mpd, changed);
            body = Encoding.UTF8.GetBytes(changed);
        }

        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
