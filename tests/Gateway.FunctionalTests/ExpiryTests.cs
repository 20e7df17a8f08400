using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests;

/// <summary>Playback does not stop when a credential expires in the middle of a film; a session that has ended stays ended.</summary>
public sealed class ExpiryTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(20);

    private readonly ManualTimeProvider _time = ManualTimeProvider.FromNow();

    [Fact]
    public async Task TicketAndJwt_ExpireDuringPlayback_SegmentsGoOnUntilTheHardLimit()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""");
            await using var fixture = await StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            using var client = fixture.NewClient();
            client.DefaultRequestHeaders.Authorization = Token(_time.GetUtcNow().AddMinutes(5));
            var viewer = await HlsViewer.StartAsync(client, "/play/demo/master.m3u8");
            var segment = viewer.Segments[0];

            // 4 h is the ticket's own life, 24 h its hard limit; the viewer sends a request every 20 minutes.
            for (var watched = TimeSpan.Zero; watched < TimeSpan.FromHours(23); watched += Step)
            {
                using var answer = await fixture.Client.GetAsync(segment);
                Assert.True(answer.IsSuccessStatusCode, $"after {watched}: {await answer.Content.ReadAsStringAsync()}");
                _time.Advance(Step);
            }

            _time.Advance(TimeSpan.FromHours(1));
            await ProblemAsync(await fixture.Client.GetAsync(segment), HttpStatusCode.Unauthorized, "STREAMING_TICKET_EXPIRED");
            await ProblemAsync(await client.GetAsync("/play/demo/master.m3u8"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_EXPIRED");
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task Ticket_ExpiredAfterTheSessionsEnd_Is410()
    {
        await using var fixture = await StartAsync();
        using var created = await fixture.Client.PostAsJsonAsync("/api/v1/playback/sessions", new { mediaId = "demo" });
        var session = await created.Content.ReadFromJsonAsync<JsonElement>();
        var url = session.GetProperty("hlsUrl").GetString();
        for (var i = 0; i < 13; i++)
        {
            _time.Advance(Step);
            Assert.True((await fixture.Client.GetAsync(url)).IsSuccessStatusCode);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.DeleteAsync($"/api/v1/playback/sessions/{session.GetProperty("sessionId").GetString()}")).StatusCode);
        await ProblemAsync(await fixture.Client.GetAsync(url), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
    }

    [Fact]
    public async Task LongPause_WithFreshOrExpiredTicket_GoesOnOrIsOver()
    {
        await using var fixture = await StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        _time.Advance(TimeSpan.FromHours(2));
        Assert.True((await fixture.Client.GetAsync(viewer.Segments[0])).IsSuccessStatusCode);
        _time.Advance(TimeSpan.FromHours(3));
        await ProblemAsync(await fixture.Client.GetAsync(viewer.Segments[0]), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
    }

    [Fact]
    public async Task Ticket_ThroughTheSession_StaysTheSame()
    {
        await using var fixture = await StartAsync();
        var first = await fixture.Client.GetStringAsync("/play/demo/master.m3u8");
        for (var i = 0; i < 15; i++)
        {
            _time.Advance(Step);
            Assert.Equal(first, await fixture.Client.GetStringAsync("/play/demo/master.m3u8"));
        }
    }

    private Task<GatewayWithStub> StartAsync(params string[] knobs) => GatewayWithStub.StartAsync(_time, [.. knobs, "--Gateway:Origin:HealthInterval=01:00:00"]);

    private static AuthenticationHeaderValue Token(DateTimeOffset expiry)
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var head = Encode("""{"alg":"HS256","kid":"h"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes($$"""{"sub":"ada","exp":{{expiry.ToUnixTimeSeconds()}}}"""));
        return new AuthenticationHeaderValue("Bearer", head + "." + Encode(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head))));

        static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private static async Task ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status && text.Contains(code, StringComparison.Ordinal), $"{(int)answer.StatusCode} {text}");
    }
}
