using System.Net;
using System.Text.Json;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Microsoft.AspNetCore.Http;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>What a transcoder is told, and how often it is asked, by one gateway and by several.</summary>
public sealed class SharedTranscoderTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    [Fact]
    public async Task Gateways_SharingATranscoder_HaveEachSegmentMadeOnce()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        await using var other = await GatewayWithStub.StartAtAsync($"{host.Transcoder.Url}/", $"--Gateway:Transcoder:Url={host.Transcoder.Url}/", "--Gateway:Prefetch:Segments=0");
        var viewers = await Task.WhenAll(new[] { host.Client, other.Client }.Select(c => HlsViewer.StartAsync(c, "/play/film.mp4/master.m3u8")));
        var bodies = await Task.WhenAll(viewers[0].Segments.Select(s => host.Client.GetByteArrayAsync(s)).Concat(viewers[1].Segments.Select(s => other.Client.GetByteArrayAsync(s))));
        for (var i = 0; i < 6; i++) Assert.Equal(bodies[i], bodies[i + 6]);
        var work = await host.Transcoder.WorkAsync();
        Assert.InRange(work.SegmentsMade, 6, 12);
        Assert.Equal(2, host.Asked("GET", "seg_00001.m4s"));
    }

    [Fact]
    public async Task Session_DeletedTwice_EndsItsTitleOnce()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        var session = await CreateAsync(host.Client, new { mediaId = "film.mp4" });
        Assert.True(session.GetProperty("engineHints").GetProperty("assetBuildInFlight").GetBoolean());
        var url = $"{Root}/{session.GetProperty("sessionId").GetString()}";
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync(url)).StatusCode);
        Assert.InRange((int)(await host.Client.DeleteAsync(url)).StatusCode, 204, 410);
        await Patience.UntilAsync(() => Task.FromResult(host.Ends() == 1));
        var packaged = await CreateAsync(host.Client, new { mediaId = "demo" });
        Assert.False(packaged.GetProperty("engineHints").GetProperty("assetBuildInFlight").GetBoolean());
        Assert.Equal(1, host.Ends());
    }

    [Fact]
    public async Task Start_PositionAndLineKnown_AreToldToTheTranscoder()
    {
        var told = new List<JsonElement>();
        await using var transcoder = await ScriptedOrigin.StartAsync();
        transcoder.Answer = async context =>
        {
            if (context.Request.Path != "/transcode/start")
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            lock (told) told.Add(body.RootElement.Clone());
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        };
        await using var gateway = await GatewayWithStub.StartAtAsync(transcoder.Address, $"--Gateway:Transcoder:Url={transcoder.Address}");
        using var create = await PostAsync(gateway.Client, Root, """{"mediaId":"one","startPositionSec":42.5}""");
        using var play = await gateway.Client.GetAsync($"/play/two/master.m3u8?CMCD={Uri.EscapeDataString("mtp=5000")}");
        using var plain = await gateway.Client.GetAsync("/play/three/master.m3u8");
        JsonElement Of(string title) => told.First(t => t.GetProperty("mediaId").GetString() == title);
        Assert.Equal(42.5, Of("one").GetProperty("startPositionSec").GetDouble());
        Assert.False(Of("one").TryGetProperty("bandwidthKbps", out _));
        Assert.Equal(5000, Of("two").GetProperty("bandwidthKbps").GetInt32());
        Assert.False(Of("three").TryGetProperty("bandwidthKbps", out _));
        Assert.False(Of("three").TryGetProperty("startPositionSec", out _));
    }
}
