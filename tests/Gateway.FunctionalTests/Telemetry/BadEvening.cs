using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Live;
using Microsoft.AspNetCore.Builder;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>
/// Everything that a dashboard has a panel for, made to happen: viewers who switch and stall, an origin that stumbles, falls, thinks long
/// and names strangers, players' reports, refusals, a purge. One round is a few seconds.
/// </summary>
internal sealed class BadEvening(GatewayWithStub fixture)
{
    /// <summary>Hedging begins when so many first bytes are known: what is slow is learnt from what is usual.</summary>
    private const int UsualAnswers = 40;

    private const string Sessions = "/api/v1/playback/sessions";
    private const string ListOfAStranger = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttps://stranger.example/1.m4s\n#EXT-X-ENDLIST\n";

    /// <summary>What the gateway has to be started with: two ways to the origin, the second of which is asked when the first thinks long, and so few requests at once to each that some wait.</summary>
    public static readonly string[] Knobs = ["--Gateway:Origin:Hedging=true", "--Gateway:Origin:MaxConcurrent=2"];

    /// <summary>The same origin under a second name, for a gateway asks a destination, not an address; and as the transcoder of what it does not have.</summary>
    public static void GiveSecondDestination(WebApplicationBuilder builder)
    {
        var origin = builder.Configuration["ReverseProxy:Clusters:origin:Destinations:a:Address"];
        builder.Configuration["ReverseProxy:Clusters:origin:Destinations:b:Address"] = origin;
        builder.Configuration["Gateway:Transcoder:Url"] = origin;
        // The transcoder writes to the gateway, so it has to know the port beforehand.
        var own = $"http://127.0.0.1:{LiveHost.FreePort()}/";
        builder.Configuration["urls"] = own;
        builder.Configuration["Gateway:Transcoder:SourceBaseUrl"] = own;
        builder.Configuration["Gateway:Live:Enabled"] = "true";
        builder.Configuration["Gateway:Live:Folder"] = Directory.CreateTempSubdirectory("live-evening-").FullName;
    }

    public async Task RoundAsync(int round)
    {
        await ViewersAsync(round);
        await SickOriginAsync(round);
        await ReportsAsync();
        await LiveAsync();
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.PostAsync("/admin/cache/purge?prefix=/", null)).StatusCode);
    }

    /// <summary>One from the origin and ahead of demand, one from the cache, both told to switch; and one who may not.</summary>
    private async Task ViewersAsync(int round)
    {
        foreach (var name in new[] { "anna", "berta" })
        {
            using var client = fixture.NewClient($"{name}-{round}");
            var viewer = await HlsViewer.StartAsync(client, "/play/demo/master.m3u8");
            for (var i = 0; i < 4; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[i]);
                request.Headers.Add("CMCD-Object", $"br={(i % 2 == 0 ? 800 : 3200)},d=2000,ot=v");
                request.Headers.Add("CMCD-Request", "mtp=25000");
                request.Headers.Add("CMCD-Session", $"sid=\"{name}-{round}\"");
                using var answer = await client.SendAsync(request);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/play/demo/manifest.mpd")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync($"/play/nowhere-{round}/master.m3u8")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.Client.GetAsync("/api/v1/playback/forged/origin/demo/master.m3u8")).StatusCode);
    }

    /// <summary>An origin that stumbles, falls, thinks long and sends viewers to a stranger.</summary>
    private async Task SickOriginAsync(int round)
    {
        await fixture.PutFaultsAsync(
            new { kind = "status", status = 503, path = "/stumbles/**", times = 1 },
            new { kind = "status", status = 500, path = "/falls/**" },
            new { kind = "body", path = "/usual/**", contentType = "video/mp4", body = "a segment like any other" },
            new { kind = "cut", path = $"/demo-ts/v270/seg_0000{round + 1}.ts", afterBytes = 1000, times = 1 },
            new { kind = "latency", path = "/demo-ts/**", milliseconds = 1000 },
            new { kind = "latency", path = "/thinks/**", milliseconds = 60_000, times = 1 },
            new { kind = "body", path = "/strangers/**", contentType = "application/vnd.apple.mpegurl", body = ListOfAStranger });
        await fixture.Client.GetAsync($"/play/stumbles/{round}.m4s");
        await fixture.Client.GetAsync($"/play/falls/{round}.m4s");
        await fixture.Client.GetAsync($"/play/falls/{round}.m3u8");
        Assert.Equal(HttpStatusCode.BadGateway, (await fixture.Client.PostAsJsonAsync(Sessions, new { mediaId = "falls" })).StatusCode);
        if (round == 0) await Parallel.ForEachAsync(Enumerable.Range(0, UsualAnswers), async (i, cancel) => await fixture.Client.GetAsync($"/play/usual/{i}.m4s", cancel));
        await fixture.Client.GetAsync($"/play/thinks/{round}.m4s");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync($"/play/demo-ts/v270/seg_0000{round + 1}.ts")).StatusCode);
        await CrowdAsync(round);
        Assert.Contains("https://stranger.example/1.m4s", await fixture.Client.GetStringAsync($"/play/strangers/{round}.m3u8"), StringComparison.Ordinal);
        await fixture.PutFaultsAsync();
    }

    /// <summary>Two who ask for the same while it is on its way; on a machine so busy that the second comes too late, two others.</summary>
    private async Task CrowdAsync(int round)
    {
        var pair = 0;
        await Patience.UntilAsync(async () =>
        {
            var segment = $"/play/demo-ts/v270/seg_00009.ts?round={round}&pair={pair++}";
            var answers = await Task.WhenAll(fixture.Client.GetAsync(segment), fixture.Client.GetAsync(segment));
            return answers.Any(a => a.Headers.TryGetValues("Cache-Status", out var status) && status.Single().EndsWith("; collapsed", StringComparison.Ordinal));
        });
    }

    /// <summary>A session of the control plane from its creation to its end, with all that a player may tell.</summary>
    private async Task ReportsAsync()
    {
        var id = await IdAsync(await fixture.Client.PostAsJsonAsync(Sessions, new { mediaId = "demo", engine = "segmented" }));
        object[] reports =
        [
            new { @event = "player.startup_timeline", totalToAudibleMs = 850, outcome = "audible" },
            new { @event = "player.startup_timeline", totalToAudibleMs = 9000, outcome = "startup_timeout", retryBudgetRemaining = 1 },
            new { @event = "session.startup_retry_exhausted", stage = "manifest" },
            new { @event = "player.rebuffer" },
            new { @event = "player.rebuffer_recovered", durationMs = 1500 },
            new { @event = "session.handoff_load_error" },
        ];
        Assert.Equal(HttpStatusCode.Accepted, (await fixture.Client.PostAsJsonAsync($"{Sessions}/{id}/events", reports)).StatusCode);
        for (var second = 0; second < 2; second++)
        {
            await fixture.Client.PostAsJsonAsync($"{Sessions}/{id}/heartbeat", new { positionSec = second * 1.0, isPlaying = true, bufferedUntilSec = 20 });
            if (second == 0) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        var next = await IdAsync(await fixture.Client.PostAsJsonAsync($"{Sessions}/{id}/handoff", new { positionSec = 1, isPlaying = true, bufferedUntilSec = 20 }));
        await fixture.Client.DeleteAsync($"{Sessions}/{id}");
        await fixture.Client.DeleteAsync($"{Sessions}/{next}");
    }

    /// <summary>A live session with a chunk that plays, and one that the transcoder cannot read.</summary>
    private async Task LiveAsync()
    {
        var recorded = await RecordedChunks.OfAsync(2);
        var stream = await StreamUploader.CreateAsync(fixture.Client);
        await stream.SendAsync(0, recorded[0]);
        await stream.UntilAsync(1);
        await fixture.PutFaultsAsync(new { kind = "status", status = 422, path = "/process_stream_chunk" });
        await stream.SendAsync(1, recorded[1]);
        await stream.UntilAsync(2);
        Assert.Equal(1, stream.Judge.Gaps);
        await fixture.PutFaultsAsync();
        await stream.EndAsync();
    }

    private static async Task<string> IdAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionId").GetString()!;
    }
}
