using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests;

/// <summary>The control plane over HTTP: open, look, tell, move on, end, and what is wrong with a request.</summary>
public sealed class SessionControlTests
{
    private const string Root = "/api/v1/playback/sessions";

    [Fact]
    public async Task Create_KnownTitle_PlaysByHlsAndDash()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(house.Client, new { mediaId = "demo" });
        foreach (var url in new[] { "hlsUrl", "dashUrl" })
        {
            using var answer = await house.Client.GetAsync(session.GetProperty(url).GetString());
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
        await using var house = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(house.Client, new { mediaId = "demo", engine = "segmented", quality = "high", startPositionSec = 4 });
        var id = session.GetProperty("sessionId").GetString();
        var viewer = await HlsViewer.StartAsync(house.Client, session.GetProperty("hlsUrl").GetString()!);
        foreach (var segment in viewer.Segments.Take(3)) await house.Client.GetByteArrayAsync(new Uri(segment + "?CMCD=br%3D800%2Cot%3Dv%2Cmtp%3D9000"));

        var shown = await house.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal("demo", shown.GetProperty("mediaId").GetString());
        Assert.Equal("playing", shown.GetProperty("state").GetString());
        Assert.Equal(800, shown.GetProperty("currentBitrate").GetInt32());
        Assert.Equal(9000, shown.GetProperty("bandwidthEstimateKbps").GetInt32());
        var bySource = shown.GetProperty("segments");
        Assert.Equal(3, bySource.GetProperty("buffer").GetInt32() + bySource.GetProperty("cache").GetInt32() + bySource.GetProperty("origin").GetInt32());
        Assert.Equal(4, shown.GetProperty("positionSec").GetDouble());
    }

    [Fact]
    public async Task Heartbeat_IsTheLastWord_AndTheTicketStays()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(house.Client, new { mediaId = "demo" });
        var id = session.GetProperty("sessionId").GetString();
        using var answer = await house.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 12.5, isPlaying = false, bufferedUntilSec = 20 });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("expiresAt").GetDateTimeOffset() >= session.GetProperty("expiresAt").GetDateTimeOffset());
        var shown = await house.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal("paused", shown.GetProperty("state").GetString());
        Assert.Equal(12.5, shown.GetProperty("positionSec").GetDouble());
    }

    [Fact]
    public async Task Delete_EndsTheSessionAndItsUrls()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(house.Client, new { mediaId = "demo" });
        var id = session.GetProperty("sessionId").GetString();
        using var gone = await house.Client.DeleteAsync($"{Root}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await ProblemAsync(await house.Client.GetAsync(session.GetProperty("hlsUrl").GetString()), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        await ProblemAsync(await house.Client.GetAsync($"{Root}/{id}"), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        await ProblemAsync(await house.Client.DeleteAsync($"{Root}/{id}"), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        await ProblemAsync(await house.Client.GetAsync($"{Root}/{Guid.Empty:N}"), HttpStatusCode.NotFound, "STREAMING_SESSION_NOT_FOUND");
        await ProblemAsync(await house.Client.GetAsync($"{Root}/nonsense"), HttpStatusCode.NotFound, "STREAMING_SESSION_NOT_FOUND");
    }

    [Fact]
    public async Task Handoff_PlayersWordThenMemoryThenNothing()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var first = await CreateAsync(house.Client, new { mediaId = "demo", engine = "segmented", quality = "low" });
        var id = first.GetProperty("sessionId").GetString();
        var fresh = await HandoffAsync(house.Client, id, new { });
        Assert.Equal((0d, false), (fresh.GetProperty("resumeAtSec").GetDouble(), fresh.GetProperty("shouldPlay").GetBoolean()));

        await house.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 30, isPlaying = true, bufferedUntilSec = 40 });
        var remembered = await HandoffAsync(house.Client, id, new { });
        Assert.Equal((30d, true), (remembered.GetProperty("resumeAtSec").GetDouble(), remembered.GetProperty("shouldPlay").GetBoolean()));

        var told = await HandoffAsync(house.Client, id, new { positionSec = 12, isPlaying = false });
        Assert.Equal((12d, false), (told.GetProperty("resumeAtSec").GetDouble(), told.GetProperty("shouldPlay").GetBoolean()));
        Assert.Equal(id, told.GetProperty("previousSessionId").GetString());
        Assert.Equal("low", told.GetProperty("playbackProfile").GetProperty("quality").GetString());
        Assert.Equal("segmented", told.GetProperty("engine").GetString());

        // Both go on until the old one ends.
        Assert.True((await house.Client.GetAsync(first.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
        Assert.True((await house.Client.GetAsync(told.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);

        var other = await HandoffAsync(house.Client, id, new { mediaId = "demo-ts" });
        Assert.Equal(0, other.GetProperty("resumeAtSec").GetDouble());
        Assert.True((await house.Client.GetAsync(other.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("{}", "mediaId")]
    [InlineData("""{"mediaId":""}""", "mediaId")]
    [InlineData("""{"mediaId":7}""", "mediaId")]
    [InlineData("""{"mediaId":"../etc/passwd"}""", "mediaId")]
    [InlineData("""{"mediaId":"a/%2e%2e/b"}""", "mediaId")]
    [InlineData("""{"mediaId":"//evil.example/x"}""", "mediaId")]
    [InlineData("""{"mediaId":"http://evil.example/x"}""", "mediaId")]
    [InlineData("""{"mediaId":"a\\b"}""", "mediaId")]
    [InlineData("""{"mediaId":"a\u0000b"}""", "mediaId")]
    [InlineData("""{"mediaId":"demo","engine":"vhs"}""", "engine")]
    [InlineData("""{"mediaId":"demo","quality":"best"}""", "quality")]
    [InlineData("""{"mediaId":"demo","startPositionSec":-1}""", "startPositionSec")]
    [InlineData("""{"mediaId":"demo","startPositionSec":"1"}""", "startPositionSec")]
    [InlineData("""{"mediaId":"demo","startPositionSec":1e99}""", "startPositionSec")]
    [InlineData("""{"mediaId":"demo","prewarm":"yes"}""", "prewarm")]
    [InlineData("""{"mediaId":"demo","groupId":["g"]}""", "groupId")]
    public async Task Create_WrongField_IsNamed(string body, string field)
    {
        await using var house = await GatewayWithStub.StartAsync();
        var problem = await ProblemAsync(await PostAsync(house.Client, Root, body), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal("session_create", problem.GetProperty("startupHint").GetProperty("stage").GetString());
    }

    [Fact]
    public async Task Create_NoSaneBody_Is4xxWithAHint()
    {
        await using var house = await GatewayWithStub.StartAsync();
        foreach (var body in new[] { "", "null", "[]", "nonsense", "{\"mediaId\":\"demo\",\"mediaId\":\"x\"}", new string('[', 5000) })
            await ProblemAsync(await PostAsync(house.Client, Root, body), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        await ProblemAsync(await PostAsync(house.Client, Root, $$"""{"mediaId":"demo","x":"{{new string('x', 70_000)}}"}"""), HttpStatusCode.RequestEntityTooLarge, "STREAMING_BODY_TOO_LARGE");
        await ProblemAsync(await PostAsync(house.Client, Root, "{}", "application/xml"), HttpStatusCode.UnsupportedMediaType, "STREAMING_UNSUPPORTED_MEDIA_TYPE");
        await ProblemAsync(await PostAsync(house.Client, Root, """{"mediaId":"nothing"}"""), HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
        Assert.True((await PostAsync(house.Client, Root, """{"mediaId":"demo","unknownField":{"a":1}}""")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Create_Prewarm_FirstSegmentsComeFromTheBuffer()
    {
        // Time stands still, so that there is enough of it.
        await using var house = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow());
        var session = await CreateAsync(house.Client, new { mediaId = "demo", prewarm = true });
        Assert.NotEmpty(MediaAsked(house));
        var viewer = await HlsViewer.StartAsync(house.Client, session.GetProperty("hlsUrl").GetString()!);
        using var first = await house.Client.GetAsync(viewer.Segments[0]);
        Assert.Equal("buffer", first.Headers.GetValues("X-Served-From").Single());
    }

    [Fact]
    public async Task Create_PrewarmSwitchedOff_FetchesNoMedia()
    {
        await using var house = await GatewayWithStub.StartAsync("--Gateway:Sessions:PrewarmEnabled=false");
        await CreateAsync(house.Client, new { mediaId = "demo", prewarm = true });
        Assert.Empty(MediaAsked(house));
    }

    private static IEnumerable<string> MediaAsked(GatewayWithStub house) =>
        house.StubPart<RequestLog>().Snapshot().Select(r => r.Path).Where(p => p.EndsWith(".m4s", StringComparison.Ordinal));

    [Fact]
    public async Task Events_OfEveryForm_AreAccepted()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var id = (await CreateAsync(house.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
        foreach (var (body, count) in new[]
        {
            ("""{"event":"player.startup_timeline","totalToAudibleMs":850,"outcome":"audible"}""", 1),
            ("""[{"event":"player.rebuffer"},{"event":"player.rebuffer_recovered","durationMs":1500}]""", 2),
            ("{\"event\":\"x\"}\n{\"event\":\"y\"}\n", 2),
        })
        {
            using var answer = await PostAsync(house.Client, $"{Root}/{id}/events", body);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.Equal(count, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
        }

        await ProblemAsync(await PostAsync(house.Client, $"{Root}/{id}/events", $$"""{"event":"{{new string('n', 129)}}"}"""), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        var shown = await house.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal(1, shown.GetProperty("bufferingEvents").GetInt32());
        Assert.Equal(1.5, shown.GetProperty("totalBufferTime").GetDouble());
        var metrics = await house.Client.GetStringAsync("/metrics");
        Assert.Contains("gateway_rebuffer_events_total{engine=\"direct\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_rebuffer_seconds_total{engine=\"direct\"} 1.5", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_startup_seconds_count{engine=\"direct\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_session_creates_total{outcome=\"opened\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_sessions_active{engine=\"direct\",protocol=\"file\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_TooMany_AreToldToSlowDown_AndPlayingGoesOn()
    {
        await using var house = await GatewayWithStub.StartAsync("--Gateway:Sessions:CreatesPerWindow=5", "--Gateway:Sessions:CreateWindow=01:00:00");
        var viewer = await HlsViewer.StartAsync(house.Client, "/play/demo/master.m3u8");
        for (var i = 0; i < 5; i++) await CreateAsync(house.Client, new { mediaId = "demo" });
        using var refused = await PostAsync(house.Client, Root, """{"mediaId":"demo"}""");
        await ProblemAsync(refused, HttpStatusCode.TooManyRequests, "STREAMING_RATE_LIMITED");
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.True((await house.Client.GetAsync(viewer.Segments[0])).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Drain_RefusesTheNewAndServesTheOld()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(house.Client, new { mediaId = "demo" });
        using var drained = await house.Client.PostAsync("/admin/drain", null);
        Assert.Equal(HttpStatusCode.NoContent, drained.StatusCode);
        using var refused = await PostAsync(house.Client, Root, """{"mediaId":"demo"}""");
        var problem = await ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "STREAMING_DRAINING");
        Assert.Equal("runtime_draining", problem.GetProperty("startupHint").GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await house.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await house.Client.GetAsync("/health/live")).StatusCode);
        Assert.True((await house.Client.GetAsync(session.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
        await house.Client.PostAsync("/admin/drain?on=false", null);
        await CreateAsync(house.Client, new { mediaId = "demo" });
    }

    [Fact]
    public async Task TokenMode_EveryRouteAsksForARight()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""");
            await using var house = await GatewayWithStub.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            await ProblemAsync(await PostAsync(house.Client, Root, """{"mediaId":"demo"}"""), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await PostAsync(house.Client, Root, "{}"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await house.Client.GetAsync("/play/demo/master.m3u8"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");

            using var ada = WithToken(house, "ada", """, "media":["demo/**"], "max_streams": 1""");
            using var bob = WithToken(house, "bob", "");
            var session = await CreateAsync(ada, new { mediaId = "demo" });
            var id = session.GetProperty("sessionId").GetString();
            await ProblemAsync(await PostAsync(ada, Root, """{"mediaId":"demo-ts"}"""), HttpStatusCode.Forbidden, "STREAMING_MEDIA_NOT_GRANTED");
            await ProblemAsync(await PostAsync(ada, Root, """{"mediaId":"demo"}"""), HttpStatusCode.TooManyRequests, "STREAMING_TOO_MANY_STREAMS");
            await ProblemAsync(await PostAsync(ada, $"{Root}/{id}/handoff", """{"mediaId":"demo-ts"}"""), HttpStatusCode.Forbidden, "STREAMING_MEDIA_NOT_GRANTED");
            await HandoffAsync(ada, id, new { });

            // The media need no credential but the ticket; what is about the session needs the user's or the ticket.
            Assert.True((await house.Client.GetAsync(session.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
            await ProblemAsync(await house.Client.GetAsync($"{Root}/{id}"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await PostAsync(house.Client, $"{Root}/{id}/events", """{"event":"x"}"""), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await bob.GetAsync($"{Root}/{id}"), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            Assert.True((await ada.GetAsync($"{Root}/{id}")).IsSuccessStatusCode);
            using var holder = house.NewClient();
            holder.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.GetProperty("ticket").GetString());
            Assert.True((await holder.GetAsync($"{Root}/{id}")).IsSuccessStatusCode);
            var others = await CreateAsync(bob, new { mediaId = "demo" });
            await ProblemAsync(await holder.GetAsync($"{Root}/{others.GetProperty("sessionId").GetString()}"), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task TokenMode_BitrateLimit_ShortensTheLadder()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""");
            await using var house = await GatewayWithStub.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            using var cheap = WithToken(house, "ada", """, "max_kbps": 450""");
            using var dear = WithToken(house, "bob", "");
            foreach (var (client, rungs) in new[] { (cheap, "v480 v360"), (dear, "v720 v480 v360"), (cheap, "v480 v360") })
            {
                var session = await CreateAsync(client, new { mediaId = "demo", prewarm = true });
                // Whoever shares its URL does not get more: the limit stands in the ticket.
                foreach (var url in new[] { "hlsUrl", "dashUrl" })
                {
                    var manifest = await house.Client.GetStringAsync(session.GetProperty(url).GetString());
                    Assert.Equal((url, rungs), (url, string.Join(' ', new[] { "v720", "v480", "v360" }.Where(v => manifest.Contains(v, StringComparison.Ordinal)))));
                    Assert.Contains("a64", manifest, StringComparison.Ordinal);
                }
            }

            using var entry = await cheap.GetAsync("/play/demo/master.m3u8");
            Assert.DoesNotContain("v720", await entry.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var whole = await dear.GetAsync("/play/demo/master.m3u8");
            Assert.NotEqual(entry.Headers.ETag, whole.Headers.ETag);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    private static HttpClient WithToken(GatewayWithStub house, string subject, string more)
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var head = Encode("""{"alg":"HS256","kid":"h"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes($$"""{"sub":"{{subject}}","exp":9999999999{{more}}}"""));
        var client = house.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", head + "." + Encode(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head))));
        return client;

        static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private static async Task<JsonElement> CreateAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync(Root, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"{Root}/{session.GetProperty("sessionId").GetString()}", answer.Headers.Location!.ToString());
        return session;
    }

    private static async Task<JsonElement> HandoffAsync(HttpClient client, string? id, object body)
    {
        using var answer = await client.PostAsJsonAsync($"{Root}/{id}/handoff", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body, string type = "application/json") =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, type));

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }
}
