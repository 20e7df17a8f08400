using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.Media;
using Gateway.Transcoding;
using Microsoft.AspNetCore.Http;
using TranscoderStub.Requests;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>What a transcoder is told, and how often it is asked, by one gateway and by several.</summary>
public sealed partial class SharedTranscoderTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    [Fact]
    public async Task Gateways_SharingATranscoder_HaveEachSegmentMadeOnce()
    {
        const int Askers = 3;
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        await using var other = await GatewayWithStub.StartAtAsync($"{host.Transcoder.Url}/", $"--Gateway:Transcoder:Url={host.Transcoder.Url}/", "--Gateway:Prefetch:Segments=0");
        var lists = await Task.WhenAll(SegmentsAsync(host.Client), SegmentsAsync(other.Client));
        Assert.Equal(2, host.Asked("POST", "/transcode/start"));

        // Everything of the title, pictures and sound, by three players of each gateway at once.
        var bodies = await Task.WhenAll(Enumerable.Range(0, Askers).SelectMany(_ => lists[0].Select(host.Client.GetByteArrayAsync).Concat(lists[1].Select(other.Client.GetByteArrayAsync))));
        var count = lists[0].Length;
        Assert.InRange(count, 12, 14);
        for (var i = 0; i < bodies.Length; i++) Assert.Equal(bodies[i % count], bodies[i]);

        await host.Transcoder.UntilWorkAsync(w => w.Running == 0);
        Assert.Equal(count, (await host.Transcoder.WorkAsync()).SegmentsMade);
        var asked = host.Transcoder.Part<RequestLog>().Snapshot().Where(r => r.Path.Contains("/seg_", StringComparison.Ordinal)).CountBy(r => r.Path).ToArray();
        Assert.Equal(count, asked.Length);
        Assert.All(asked, a => Assert.Equal((a.Key, 2), (a.Key, a.Value)));
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
        await gateway.Part<TranscoderClient>().StartAsync("four", new StartConditions(1, 1).With(8000, 1500, 0, 0), CancellationToken.None);
        JsonElement Of(string title) => told.First(t => t.GetProperty("mediaId").GetString() == title);
        Assert.Equal(42.5, Of("one").GetProperty("startPositionSec").GetDouble());
        Assert.False(Of("one").TryGetProperty("bandwidthKbps", out _));
        Assert.Equal(5000, Of("two").GetProperty("bandwidthKbps").GetInt32());
        Assert.False(Of("two").TryGetProperty("jitterKbps", out _));
        Assert.False(Of("three").TryGetProperty("bandwidthKbps", out _));
        Assert.False(Of("three").TryGetProperty("startPositionSec", out _));
        Assert.Equal((8000, 1500), (Of("four").GetProperty("bandwidthKbps").GetInt32(), Of("four").GetProperty("jitterKbps").GetInt32()));
    }

    /// <summary>All segments of the title: of its pictures, and of its sound.</summary>
    private static async Task<Uri[]> SegmentsAsync(HttpClient client)
    {
        var master = new Uri(client.BaseAddress!, "/play/film.mp4/master.m3u8");
        var sound = new Uri(master, SoundUri().Match(await client.GetStringAsync(master)).Groups[1].Value);
        var viewer = await HlsViewer.StartAsync(client, master.AbsolutePath);
        return [.. viewer.Segments, .. SegmentLine().Matches(await client.GetStringAsync(sound)).Select(m => new Uri(sound, m.Value.Trim()))];
    }

    [GeneratedRegex("TYPE=AUDIO.*URI=\"([^\"]+)\"")]
    private static partial Regex SoundUri();

    [GeneratedRegex("^[^#\\s].*$", RegexOptions.Multiline)]
    private static partial Regex SegmentLine();
}
