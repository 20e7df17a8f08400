using System.Net;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.Testing;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>Titles that are made while they are played, through the gateway.</summary>
public sealed class JustInTimePlayTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private const string Start = "/transcode/start";

    [Fact]
    public async Task Play_TitleThatIsNotPackaged_IsStartedOnceForAll()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        var viewers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => HlsViewer.StartAsync(host.Client, "/play/film.mp4/master.m3u8")));
        Assert.Equal(6, viewers[0].Segments.Count);
        Assert.Equal(1, host.Asked("POST", Start));

        var beside = await Task.WhenAll(viewers.Select(v => host.Client.GetByteArrayAsync(v.Segments[3])));
        var made = (await host.Transcoder.WorkAsync()).SegmentsMade;
        for (var i = 0; i < 10; i++) Assert.Equal(beside[0], await host.Client.GetByteArrayAsync(viewers[i].Segments[3]));
        Assert.All(beside, b => Assert.Equal(beside[0], b));
        Assert.Equal(1, host.Asked("GET", "seg_00004.m4s"));
        Assert.InRange((await host.Transcoder.WorkAsync()).SegmentsMade, made, 12);

        using var dash = await host.Client.GetAsync("/play/film.mp4/manifest.mpd");
        Assert.Equal((HttpStatusCode.OK, "application/dash+xml"), (dash.StatusCode, dash.Content.Headers.ContentType?.MediaType));
        Assert.Equal(1, host.Asked("POST", Start));
        Assert.Contains("gateway_transcode_starts_total{outcome=\"started\"} 1", await host.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_LastOfATitle_EndsItAtTheTranscoder()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        var first = await CreateAsync(host.Client, new { mediaId = "film.mp4", prewarm = true });
        var second = await CreateAsync(host.Client, new { mediaId = "film.mp4" });
        Assert.Equal("segmented", first.GetProperty("engine").GetString());
        var successor = await HandoffAsync(host.Client, second.GetProperty("sessionId").GetString(), new { });
        Assert.Equal(1, host.Asked("POST", Start));
        foreach (var (session, isLast) in new[] { (first, false), (second, false), (successor, true) })
        {
            Assert.Equal(0, host.Ends());
            Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync($"{Root}/{session.GetProperty("sessionId").GetString()}")).StatusCode);
            if (isLast) await Patience.UntilAsync(() => Task.FromResult(host.Ends() == 1));
        }

        await Patience.UntilAsync(async () => (await host.Client.GetStringAsync("/metrics")).Contains("gateway_transcodes_held 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task End_SlowAtTheTranscoder_HoldsUpNobody()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Transcoder:CallTimeout=00:00:30");
        var session = await CreateAsync(host.Client, new { mediaId = "film.mp4" });
        await host.PutFaultAsync(new { kind = "silence", path = "/transcode/*" });
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync($"{Root}/{session.GetProperty("sessionId").GetString()}")).StatusCode);
        await Patience.UntilAsync(() => Task.FromResult(host.Ends() == 1));
        // The transcoder never answers that; sessions of other titles open and end meanwhile.
        var other = await CreateAsync(host.Client, new { mediaId = "demo" });
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync($"{Root}/{other.GetProperty("sessionId").GetString()}")).StatusCode);
    }

    [Fact]
    public async Task Transcode_ThatTheTranscoderForgot_IsStartedAgainByItsNextSegment()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        var viewer = await HlsViewer.StartAsync(host.Client, "/play/film.mp4/master.m3u8");
        var id = viewer.Variant.AbsolutePath.Split("/transcode/")[1].Split('/')[0];
        var (ended, _, _) = await host.Transcoder.SendAsync(HttpMethod.Delete, $"/transcode/{id}");
        Assert.Equal(204, ended);
        using var segment = await host.Client.GetAsync(viewer.Segments[5]);
        Assert.Equal(HttpStatusCode.OK, segment.StatusCode);
        Assert.Equal(2, host.Asked("POST", Start));
        using var unknown = await host.Client.GetAsync(new Uri(viewer.Segments[5].OriginalString.Replace("seg_00006", "seg_00099", StringComparison.Ordinal)));
        await ProblemAsync(unknown, HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
        Assert.Equal(2, host.Asked("POST", Start));
    }

    [Fact]
    public async Task Start_SlowerThanAViewerWaits_IsToldAsWaitingAndGoesOn()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Transcoder:StartPatience=00:00:00.2");
        await host.PutFaultAsync(new { kind = "latency", path = Start, milliseconds = 3000 });
        using var early = await host.Client.GetAsync("/play/film.mp4/master.m3u8");
        var problem = await ProblemAsync(early, HttpStatusCode.ServiceUnavailable, "STREAMING_ASSET_NOT_READY");
        Assert.Equal(("waiting", true, "asset_not_ready", 1000), HintOf(problem));
        Assert.Equal(TimeSpan.FromSeconds(1), early.Headers.RetryAfter?.Delta);
        await Patience.UntilAsync(async () => (await host.Client.GetAsync("/play/film.mp4/master.m3u8")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, host.Asked("POST", Start));
    }

    [Fact]
    public async Task Start_OfWhatIsNoMedia_FailsForGood()
    {
        await File.WriteAllTextAsync(media.In("bad.mp4"), "no film");
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        using var answer = await PostAsync(host.Client, Root, """{"mediaId":"bad.mp4"}""");
        Assert.Equal(("failed", false, "asset_build_failed", (int?)null), HintOf(await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_ASSET_BUILD_FAILED")));
        Assert.Null(answer.Headers.RetryAfter);
        using var unknown = await PostAsync(host.Client, Root, """{"mediaId":"nothing.mp4"}""");
        await ProblemAsync(unknown, HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
    }

    [Fact]
    public async Task Start_AtATranscoderThatIsDown_IsTransient()
    {
        using var dead = new DeadPort();
        await using var fixture = await GatewayWithStub.StartAsync($"--Gateway:Transcoder:Url={dead.Address}");
        using var answer = await fixture.Client.GetAsync("/play/film.mp4/master.m3u8");
        Assert.Equal(("waiting", true, "asset_build_failed", 1000), HintOf(await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_ASSET_BUILD_FAILED")));
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/play/demo/master.m3u8")).StatusCode);
    }

    [Fact]
    public async Task Encoder_KilledInMidSegment_IsAFailureThatMayPassAndNothingIsKept()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0", "--Gateway:Origin:Retries=0");
        var title = await host.Transcoder.StartStalledAsync();
        var asked = host.Client.GetAsync($"/play{title}/v360/seg_00001.m4s");
        await FfmpegProcesses.KillAsync("libx264", host.Transcoder.Url);
        using var answer = await asked;
        Assert.Equal(("waiting", true, "asset_build_failed", 1000), HintOf(await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_ASSET_BUILD_FAILED")));
        await host.Transcoder.HealAsync();
        using var again = await host.Client.GetAsync($"/play{title}/v360/seg_00001.m4s");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("origin", again.Headers.GetValues("X-Served-From").Single());
        Assert.Equal(again.Content.Headers.ContentLength, (await again.Content.ReadAsByteArrayAsync()).Length);
    }

    private static (string? State, bool Transient, string? Reason, int? RetryAfterMs) HintOf(JsonElement problem)
    {
        var hint = problem.GetProperty("startupHint");
        var wait = hint.GetProperty("retryAfterMs");
        return (hint.GetProperty("state").GetString(), hint.GetProperty("transient").GetBoolean(), hint.GetProperty("reason").GetString(), wait.ValueKind == JsonValueKind.Null ? null : wait.GetInt32());
    }
}
