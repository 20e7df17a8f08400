using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using TranscoderStub.Requests;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>The control plane over HTTP: open, look, tell, move on, end.</summary>
public sealed class SessionControlTests
{
    [Fact]
    public async Task Create_KnownTitle_PlaysByHlsAndDash()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo" });
        foreach (var url in new[] { "hlsUrl", "dashUrl" })
        {
            using var answer = await fixture.Client.GetAsync(session.GetProperty(url).GetString());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal("direct", session.GetProperty("engine").GetString());
        Assert.True(session.GetProperty("expiresAt").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.Equal("original", session.GetProperty("playbackProfile").GetProperty("quality").GetString());
        Assert.Contains(session.GetProperty("ticket").GetString()!, session.GetProperty("hlsUrl").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_AfterPlaying_HasMoved()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo", engine = "segmented", quality = "high", startPositionSec = 4 });
        var id = session.GetProperty("sessionId").GetString();
        var viewer = await HlsViewer.StartAsync(fixture.Client, session.GetProperty("hlsUrl").GetString()!);
        foreach (var segment in viewer.Segments.Take(3)) await fixture.Client.GetByteArrayAsync(new Uri(segment + "?CMCD=br%3D800%2Cot%3Dv%2Cmtp%3D9000"));

        var shown = await fixture.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal("demo", shown.GetProperty("mediaId").GetString());
        Assert.Equal("playing", shown.GetProperty("state").GetString());
        Assert.Equal(800, shown.GetProperty("currentBitrate").GetInt32());
        Assert.Equal(9000, shown.GetProperty("bandwidthEstimateKbps").GetInt32());
        var bySource = shown.GetProperty("segments");
        Assert.Equal(3, bySource.GetProperty("buffer").GetInt32() + bySource.GetProperty("cache").GetInt32() + bySource.GetProperty("origin").GetInt32());
        Assert.Equal(4, shown.GetProperty("positionSec").GetDouble());
    }

    [Fact]
    public async Task Heartbeat_AfterMedia_SetsTheStateAndKeepsTheTicket()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo" });
        var id = session.GetProperty("sessionId").GetString();
        using var answer = await fixture.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 12.5, isPlaying = false, bufferedUntilSec = 20 });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("expiresAt").GetDateTimeOffset() >= session.GetProperty("expiresAt").GetDateTimeOffset());
        var shown = await fixture.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal("paused", shown.GetProperty("state").GetString());
        Assert.Equal(12.5, shown.GetProperty("positionSec").GetDouble());
        // A gateway that is going away says so.
        Assert.False(answer.Headers.Contains("X-Gateway-Draining"));
        using var drain = await fixture.Client.PostAsync("/admin/drain", null);
        using var last = await fixture.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 13, isPlaying = true });
        Assert.Equal("1", Assert.Single(last.Headers.GetValues("X-Gateway-Draining")));
    }

    [Fact]
    public async Task Delete_OpenSession_EndsItAndItsUrls()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo" });
        var id = session.GetProperty("sessionId").GetString();
        using var gone = await fixture.Client.DeleteAsync($"{Root}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await ProblemAsync(await fixture.Client.GetAsync(session.GetProperty("hlsUrl").GetString()), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        await ProblemAsync(await fixture.Client.GetAsync($"{Root}/{id}"), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        await ProblemAsync(await fixture.Client.DeleteAsync($"{Root}/{id}"), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        await ProblemAsync(await fixture.Client.GetAsync($"{Root}/{Guid.Empty:N}"), HttpStatusCode.NotFound, "STREAMING_SESSION_NOT_FOUND");
        await ProblemAsync(await fixture.Client.GetAsync($"{Root}/nonsense"), HttpStatusCode.NotFound, "STREAMING_SESSION_NOT_FOUND");
    }

    [Fact]
    public async Task Handoff_PositionAndState_FromTheRequestElseTheSessionElseUnset()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var first = await CreateAsync(fixture.Client, new { mediaId = "demo", engine = "segmented", quality = "low" });
        var id = first.GetProperty("sessionId").GetString();
        var fresh = await HandoffAsync(fixture.Client, id, new { });
        Assert.Equal((0d, false), (fresh.GetProperty("resumeAtSec").GetDouble(), fresh.GetProperty("shouldPlay").GetBoolean()));

        await fixture.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 30, isPlaying = true, bufferedUntilSec = 40 });
        var remembered = await HandoffAsync(fixture.Client, id, new { });
        Assert.Equal((30d, true), (remembered.GetProperty("resumeAtSec").GetDouble(), remembered.GetProperty("shouldPlay").GetBoolean()));

        var told = await HandoffAsync(fixture.Client, id, new { positionSec = 12, isPlaying = false });
        Assert.Equal((12d, false), (told.GetProperty("resumeAtSec").GetDouble(), told.GetProperty("shouldPlay").GetBoolean()));
        Assert.Equal(id, told.GetProperty("previousSessionId").GetString());
        Assert.Equal("low", told.GetProperty("playbackProfile").GetProperty("quality").GetString());
        Assert.Equal("segmented", told.GetProperty("engine").GetString());

        // Both go on until the old one ends.
        Assert.True((await fixture.Client.GetAsync(first.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
        Assert.True((await fixture.Client.GetAsync(told.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);

        var other = await HandoffAsync(fixture.Client, id, new { mediaId = "demo-ts" });
        Assert.Equal(0, other.GetProperty("resumeAtSec").GetDouble());
        Assert.True((await fixture.Client.GetAsync(other.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Create_Prewarm_FirstSegmentsComeFromTheBuffer()
    {
        // Time stands still, so that there is enough of it.
        await using var fixture = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow());
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo", prewarm = true });
        Assert.NotEmpty(MediaAsked(fixture));
        var viewer = await HlsViewer.StartAsync(fixture.Client, session.GetProperty("hlsUrl").GetString()!);
        using var first = await fixture.Client.GetAsync(viewer.Segments[0]);
        Assert.Equal("buffer", first.Headers.GetValues("X-Served-From").Single());
    }

    /// <summary>Pages let hls.js and shaka-player begin with the lowest rendition, wherever the playlist lists it.</summary>
    [Theory]
    [InlineData("hls.js", "buffer")]
    [InlineData(null, "origin")]
    public async Task Create_PrewarmForAPlayerThatBeginsLow_HasTheLowestRenditionToo(string? player, string expected)
    {
        await using var fixture = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow());
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo-ts", prewarm = true, player });
        var master = new Uri(fixture.Url, session.GetProperty("hlsUrl").GetString());
        var lines = (await fixture.Client.GetStringAsync(master)).Split('\n');
        var lowest = lines.Index().Where(l => l.Item.StartsWith("#EXT-X-STREAM-INF:", StringComparison.Ordinal)).MinBy(l => int.Parse(l.Item.Split("BANDWIDTH=")[1].Split(',')[0], CultureInfo.InvariantCulture)).Index + 1;
        Assert.NotEqual(lowest, lines.Index().First(l => l.Item.StartsWith("#EXT-X-STREAM-INF:", StringComparison.Ordinal)).Index + 1);
        var playlist = new Uri(master, lines[lowest]);
        var segment = (await fixture.Client.GetStringAsync(playlist)).Split('\n').First(static l => l.Length > 0 && l[0] != '#');
        using var first = await fixture.Client.GetAsync(new Uri(playlist, segment));
        Assert.Equal(expected, first.Headers.GetValues("X-Served-From").Single());
    }

    [Fact]
    public async Task Create_PrewarmSwitchedOff_FetchesNoMedia()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Sessions:PrewarmEnabled=false");
        await CreateAsync(fixture.Client, new { mediaId = "demo", prewarm = true });
        Assert.Empty(MediaAsked(fixture));
    }

    [Fact]
    public async Task Events_OfEveryForm_AreAccepted()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var id = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
        foreach (var (body, count) in new[]
        {
            ("""{"event":"player.startup_timeline","totalToAudibleMs":850,"outcome":"audible"}""", 1),
            ("""[{"event":"player.rebuffer"},{"event":"player.rebuffer_recovered","durationMs":1500}]""", 2),
            ("{\"event\":\"x\"}\n{\"event\":\"y\"}\n", 2),
        })
        {
            using var answer = await PostAsync(fixture.Client, $"{Root}/{id}/events", body);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.Equal(count, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
        }

        await ProblemAsync(await PostAsync(fixture.Client, $"{Root}/{id}/events", $$"""{"event":"{{new string('n', 129)}}"}"""), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        var shown = await fixture.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal(1, shown.GetProperty("bufferingEvents").GetInt32());
        Assert.Equal(1.5, shown.GetProperty("totalBufferTime").GetDouble());
        var metrics = await fixture.Client.GetStringAsync("/metrics");
        Assert.Contains("gateway_rebuffer_events_total{engine=\"direct\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_rebuffer_seconds_total{engine=\"direct\"} 1.5", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_startup_seconds_count{engine=\"direct\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_session_creates_total{outcome=\"opened\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_sessions_active{engine=\"direct\",protocol=\"file\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ByAnOperator_RefusesTheNewAndServesTheOld()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo" });
        using var drained = await fixture.Client.PostAsync("/admin/drain", null);
        Assert.Equal(HttpStatusCode.NoContent, drained.StatusCode);
        using var refused = await PostAsync(fixture.Client, Root, """{"mediaId":"demo"}""");
        var problem = await ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "STREAMING_DRAINING");
        Assert.Equal("runtime_draining", problem.GetProperty("startupHint").GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await fixture.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/health/live")).StatusCode);
        Assert.True((await fixture.Client.GetAsync(session.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
        await fixture.Client.PostAsync("/admin/drain?on=false", null);
        await CreateAsync(fixture.Client, new { mediaId = "demo" });
    }

    [Theory]
    [InlineData("original", "v720 v480 v360", "steady_state_dual", 663)]
    [InlineData("high", "v720 v480 v360", "steady_state_dual", 663)]
    [InlineData("medium", "v480 v360", "steady_state_dual", 393)]
    [InlineData("low", "v360", "startup_single", 213)]
    public async Task Quality_ChoosesHowMuchOfTheLadderIsShown_AlsoAfterAHandoff(string quality, string rungs, string profile, int kbps)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var first = await CreateAsync(fixture.Client, new { mediaId = "demo", quality, engine = "segmented" });
        var second = await HandoffAsync(fixture.Client, first.GetProperty("sessionId").GetString(), new { mediaId = "demo" });
        foreach (var session in new[] { first, second })
        {
            var playback = session.GetProperty("playbackProfile");
            Assert.Equal((quality, profile, kbps), (playback.GetProperty("quality").GetString(), playback.GetProperty("manifestProfile").GetString(), playback.GetProperty("bitrateKbps").GetInt32()));
            foreach (var url in new[] { "hlsUrl", "dashUrl" })
            {
                var manifest = await fixture.Client.GetStringAsync(session.GetProperty(url).GetString());
                Assert.Equal((url, rungs), (url, string.Join(' ', new[] { "v720", "v480", "v360" }.Where(v => manifest.Contains(v, StringComparison.Ordinal)))));
            }
        }
    }

    private static IEnumerable<string> MediaAsked(GatewayWithStub fixture) =>
        fixture.StubPart<RequestLog>().Snapshot().Select(r => r.Path).Where(p => p.EndsWith(".m4s", StringComparison.Ordinal));
}
