using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Gateway.Telemetry.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>What a run leaves behind: events, log lines, metrics, spans. And what none of them may hold.</summary>
public sealed partial class ObservedRunTests : IDisposable
{
    private const string Secret = "c2VjcmV0LW9mLXRoZS1rZXktcmluZy0zMi1ieXRlcyE";
    /// <summary>What the spans of the run tell of, their children, and how one of them ended.</summary>
    private static readonly string[] Spans = ["/api/v1/playback/{ticket}/{cluster}/{**asset}", "access", "cache", "origin attempt", "rewrite", "ticket_signature"];

    private readonly string _folder = Directory.CreateTempSubdirectory("observed-").FullName;

    private string EventsFile => Path.Combine(_folder, "events.ndjson");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Events_OfASession_TellItsManifestsAndSegments()
    {
        await using (var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={EventsFile}"))
        {
            fixture.Client.DefaultRequestHeaders.Add("x-segmented-startup-load-id", "12");
            fixture.Client.DefaultRequestHeaders.Add("x-segmented-startup-correlation-id", "evening-1");
            await PlayAsync(fixture, "");
            Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync("/play/nothing/here.m3u8")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync("/play/nothing/here.m4s")).StatusCode);
            await fixture.PutFaultsAsync(new { kind = "status", path = "/**/broken.m4s", status = 503 });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await fixture.Client.GetAsync("/play/nothing/broken.m4s")).StatusCode);
        }

        var events = (await File.ReadAllLinesAsync(EventsFile)).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var manifests = events.Where(e => Label(e, "event") == "manifest.fetch").ToArray();
        var segments = events.Where(e => Label(e, "event") == "segment.fetch").ToArray();

        Assert.Equal(["success", "success", "reject"], manifests.Select(e => Label(e, "status")));
        Assert.Equal(["success", "success", "reject", "error"], segments.Select(e => Label(e, "status")));
        Assert.Equal("origin", Label(segments[0], "source"));
        Assert.All(segments.Take(2), e => Assert.Matches(@"^[^/?]+\.(m4s|mp4)$", Label(e, "segment")));
        Assert.All(manifests.Concat(segments), e =>
        {
            Assert.Equal(12, e.GetProperty("startupLoadId").GetInt64());
            Assert.Equal("evening-1", Label(e, "startupCorrelationId"));
            Assert.Equal(32, Label(e, "sessionId").Length);
            Assert.True(e.GetProperty("latencyMs").GetDouble() > 0);
            Assert.EndsWith("Z", Label(e, "ts"), StringComparison.Ordinal);
        });
        Assert.Equal("not_found", Label(manifests[2], "reason"));
        Assert.Equal(("asset_not_found", 1), (Label(segments[2], "reason"), segments[2].GetProperty("attempts").GetInt32()));
        Assert.Equal(4, segments[3].GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task Everything_WrittenByATokenRun_HoldsNoCredentialAndNoTicket()
    {
        var jwks = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(jwks, $$"""{"keys":[{"kty":"oct","kid":"k","alg":"HS256","k":"{{Secret}}"}]}""");
        var log = new LineCollector();
        var token = Token();
        await using var collector = await OtlpCollector.StartAsync();
        var console = new MemoryStream();
        string metrics;
        string ticket;
        await using (var fixture = await GatewayWithStub.StartAsync(
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
                builder.Services.AddSingleton<EventConsole>(() => console);
            },
            "--Gateway:Telemetry:Events=Both",
            $"--Gateway:Telemetry:EventsFile={EventsFile}",
            "--Gateway:Access:Mode=Token",
            $"--Gateway:Access:Jwks={jwks}",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        {
            ticket = await PlayAsync(fixture, $"?access_token={token}");
            using var bearer = new HttpRequestMessage(HttpMethod.Get, "/play/demo/manifest.mpd");
            bearer.Headers.Authorization = new("Bearer", token);
            Assert.Equal(HttpStatusCode.OK, (await fixture.Client.SendAsync(bearer)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.Client.GetAsync($"/play/demo/master.m3u8?access_token={token[..^4]}AAAA")).StatusCode);
            var forged = ticket[..^2] + (ticket.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA");
            Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.Client.GetAsync($"/api/v1/playback/{forged}/origin/demo/master.m3u8")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync($"/api/v1/playback/{ticket}/origin/demo/none.m4s?access_token={token}")).StatusCode);
            await ReportAsync(fixture, token, ticket);
            metrics = await fixture.Client.GetStringAsync("/metrics");
            // A span may end after its answer has gone out, and the exporter waits no longer than some seconds for the collector when the host stops.
            await Patience.UntilAsync(() =>
            {
                fixture.Part<TracerProvider>().ForceFlush();
                return Task.FromResult(Spans.All(name => collector.Text.Contains(name, StringComparison.Ordinal)));
            });
        }

        var spans = collector.Text;
        var events = await File.ReadAllTextAsync(EventsFile);
        foreach (var written in new[] { string.Join('\n', log.Lines), events, Encoding.UTF8.GetString(console.ToArray()), metrics, spans })
        {
            Assert.NotEmpty(written);

            // The middle of each is enough: nothing else looks like it, and a cut one would give it away as well.
            Assert.DoesNotContain(ticket[10..^10], written, StringComparison.Ordinal);
            Assert.DoesNotContain(token.Split('.')[1], written, StringComparison.Ordinal);
            Assert.DoesNotContain(token.Split('.')[2][..20], written, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, written, StringComparison.Ordinal);
        }

        Assert.Contains("http_route=\"/play/{**asset}\"", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_access_denied_total{reason=\"ticket_signature\"} 1", metrics, StringComparison.Ordinal);
    }

    /// <summary>A session of the control plane, and a player that puts what it should not into its reports.</summary>
    private static async Task ReportAsync(GatewayWithStub fixture, string token, string ticket)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/playback/sessions?access_token={token}") { Content = JsonContent.Create(new { mediaId = "demo" }) };
        using var created = await fixture.Client.SendAsync(create);
        var session = await created.Content.ReadFromJsonAsync<JsonElement>();
        var own = session.GetProperty("ticket").GetString()!;
        using var report = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/playback/sessions/{Label(session, "sessionId")}/events")
        {
            Content = JsonContent.Create(new { @event = "player.rebuffer", note = ticket, url = $"/api/v1/playback/{ticket}/origin/demo/1.m4s", header = $"Bearer {token}", key = Secret }),
        };
        report.Headers.Authorization = new("Bearer", own);
        Assert.Equal(HttpStatusCode.Accepted, (await fixture.Client.SendAsync(report)).StatusCode);
        using var cookie = new HttpRequestMessage(HttpMethod.Get, "/play/demo/master.m3u8");
        cookie.Headers.Add("Cookie", $"access_token={token}");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.SendAsync(cookie)).StatusCode);
    }

    /// <summary>A manifest, a playlist, two segments; returns the ticket.</summary>
    private static async Task<string> PlayAsync(GatewayWithStub fixture, string query)
    {
        var master = new Uri(fixture.Url, $"/play/demo/master.m3u8{query}");
        var variant = new Uri(master, UriLine().Match(await fixture.Client.GetStringAsync(master)).Value.Trim());
        var segments = UriLine().Matches(await fixture.Client.GetStringAsync(variant));
        for (var i = 0; i < 2; i++) Assert.NotEmpty(await fixture.Client.GetByteArrayAsync(new Uri(variant, segments[i].Value.Trim())));
        return variant.AbsolutePath.Split('/')[4];
    }

    private static string Token()
    {
        var expiry = TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds();
        var text = $"{Base64("""{"alg":"HS256","kid":"k"}""")}.{Base64($$"""{"sub":"viewer-of-the-evening","exp":{{expiry}}}""")}";
        var key = Convert.FromBase64String(Secret.Replace('-', '+').Replace('_', '/') + "=");
        return $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Label(JsonElement e, string field) => e.GetProperty(field).GetString()!;

    [GeneratedRegex("^[^#\\s].*$", RegexOptions.Multiline)]
    private static partial Regex UriLine();
}
