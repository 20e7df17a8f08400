using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>Titles that are made while they play, in real players through the gateway.</summary>
public sealed partial class JustInTimePlayTests(Chromium chromium, MediaMadeToOrder media) : IClassFixture<Chromium>, IClassFixture<MediaMadeToOrder>
{
    [Theory]
    [InlineData("hlsjs", "master.m3u8")]
    [InlineData("dashjs", "manifest.mpd")]
    [InlineData("shaka", "manifest.mpd")]
    public async Task Title_MadeJustInTime_Plays(string player, string manifest)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        await using var gateway = await GatewayWithStub.StartAtAsync($"{host.Url}/");
        await using var page = await chromium.OpenAsync(gateway.Url);
        await page.GoAsync($"/?asset=jit/tall.mp4/cmaf/{manifest}&player={player}&autoplay=1");

        var state = await page.UntilAsync("s.position > 10", Patience.Deadline);

        Assert.Null(state.FatalError);
        Assert.True(state.TotalFrames > 0, "No frame was painted.");
    }

    /// <summary>The player asks one rung, and every other segment of the answer is one of another: one initialisation section serves both.</summary>
    [Theory]
    [InlineData("hlsjs", "master.m3u8")]
    [InlineData("dashjs", "manifest.mpd")]
    [InlineData("shaka", "manifest.mpd")]
    [InlineData("shaka", "master.m3u8")]
    public async Task Title_WhoseRungChangesBehindThePlayersBack_PlaysOn(string player, string manifest)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        await using var between = await ScriptedOrigin.StartAsync();
        between.Answer = context => AnswerAsync(context, host);
        await using var gateway = await GatewayWithStub.StartAtAsync(between.Address);
        await using var page = await chromium.OpenAsync(gateway.Url);
        await page.GoAsync($"/?asset=jit/tall.mp4/cmaf/{manifest}&player={player}&autoplay=1");

        var state = await page.UntilAsync("s.position > 10", Patience.Deadline);

        Assert.Null(state.FatalError);
        Assert.Contains(between.Requests, r => r.Target.Contains("/seg_00004.m4s", StringComparison.Ordinal));
    }

    private static async Task AnswerAsync(HttpContext context, JustInTimeHost host)
    {
        var path = Picture().Replace(context.Request.Path.Value!, m => int.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture) % 2 == 0 ? $"/v360/seg_{m.Groups[2].Value}" : $"/v480/seg_{m.Groups[2].Value}");
        using var answer = await host.Client.GetAsync(path, context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    [GeneratedRegex("/(v480|v360)/seg_([0-9]{5})")]
    private static partial Regex Picture();
}
