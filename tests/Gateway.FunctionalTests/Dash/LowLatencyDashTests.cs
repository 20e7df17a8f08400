using System.Globalization;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Dash;

/// <summary>Low-latency DASH through the gateway: segments are asked for while they are made, and go on to the player part by part.</summary>
public sealed class LowLatencyDashTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const double PlaySeconds = 8;
    private const int EarlyRequests = 4;

    [Theory]
    [InlineData("dashjs")]
    [InlineData("shaka")]
    public async Task Player_OfSegmentsInTheMaking_PlaysOn(string player)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => LowLatencyDashOrigin.AnswerAsync(context, titles);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync($"/?asset=demo-lld/manifest.mpd&player={player}&autoplay=1&muted=1");

        var begin = await page.UntilAsync("s.startupSeconds !== null", Patience.Deadline);
        Assert.Null(begin.FatalError);
        var end = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.position >= {begin.Position + PlaySeconds}"), Patience.Deadline);

        Assert.Null(end.FatalError);
        Assert.True(end.Live);
        Assert.True(end.TotalFrames > begin.TotalFrames, "No frame was painted.");
        Assert.Equal(0, end.Sources.Unknown);
        Assert.True(end.Sources.Buffer + end.Sources.Cache + end.Sources.Origin > 0);
        Assert.Empty(page.Violations);
        TestContext.Current.TestOutputHelper?.WriteLine($"{player}: {end.LatencySeconds} s behind live, {end.Rebuffers} waits, sources {end.Sources}");
    }

    /// <summary>A player that asks for sound before it is there (shaka 5.2 does, by up to a segment) asks again.</summary>
    [Theory]
    [InlineData("dashjs")]
    [InlineData("shaka")]
    public async Task Player_ThatAsksTooEarly_PlaysOn(string player)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        var refused = 0;
        origin.Answer = context => context.Request.Path.Value!.Contains("/a64/seg_", StringComparison.Ordinal) && Interlocked.Increment(ref refused) <= EarlyRequests
            ? ScriptedOrigin.Status(StatusCodes.Status404NotFound)(context)
            : LowLatencyDashOrigin.AnswerAsync(context, titles);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync($"/?asset=demo-lld/manifest.mpd&player={player}&autoplay=1&muted=1");

        var begin = await page.UntilAsync("s.fatalError !== null || s.startupSeconds !== null", Patience.Deadline);
        Assert.Null(begin.FatalError);
        var end = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.fatalError !== null || s.position >= {begin.Position + 2}"), Patience.Deadline);

        Assert.Null(end.FatalError);
        Assert.True(Volatile.Read(ref refused) > EarlyRequests, "Nothing was refused.");
    }

    /// <summary>Sound that does not come at all ends in an error that says so.</summary>
    [Fact]
    public async Task Player_WhoseSoundNeverComes_SaysSo()
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => context.Request.Path.Value!.Contains("/a64/seg_", StringComparison.Ordinal)
            ? ScriptedOrigin.Status(StatusCodes.Status404NotFound)(context)
            : LowLatencyDashOrigin.AnswerAsync(context, titles);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?asset=demo-lld/manifest.mpd&player=shaka&autoplay=1&muted=1");

        var end = await page.UntilAsync("s.fatalError !== null", Patience.Deadline);

        Assert.Equal("STREAMING_ASSET_NOT_FOUND", end.FatalError?.Code);
    }

    [Fact]
    public async Task Ffmpeg_OfSegmentsInTheMaking_PlaysOn()
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => LowLatencyDashOrigin.AnswerAsync(context, titles);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await BroadcastReading.AssertPlaysAsync(fixture, "demo-lld/manifest.mpd", seconds: 12);
    }
}
