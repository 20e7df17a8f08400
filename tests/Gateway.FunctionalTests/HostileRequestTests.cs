using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>No body, header or token causes a 5xx response, and afterwards the gateway plays and its event log is complete.</summary>
public sealed class HostileRequestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"event":"x","n":"\ud800"}""")]
    [InlineData("""{"event":"x","\ud800":1}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("{\"event\":\"x\"}\n{\"\\udc00\":1}")]
    public async Task Report_InvalidUnicode_Is400AndTheLogGoesOn(string body)
    {
        var file = Path.Combine(_folder, "events.ndjson");
        await using (var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={file}"))
        {
            var id = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
            for (var i = 0; i < 40; i++) await ProblemAsync(await PostAsync(fixture.Client, $"{Root}/{id}/events", body), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
            await ProblemAsync(await PostAsync(fixture.Client, Root, """{"\ud800":1}"""), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
            using var good = await PostAsync(fixture.Client, $"{Root}/{id}/events", """{"event":"afterwards"}""");
            Assert.Equal(HttpStatusCode.Accepted, good.StatusCode);
        }

        Assert.Contains((await LinesAsync(file)), line => line.GetProperty("event").GetString() == "afterwards");
    }

    [Fact]
    public async Task Body_AnyOnAnyCall_IsNever5xxAndPlaybackGoesOn()
    {
        var file = Path.Combine(_folder, "events.ndjson");
        await using (var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={file}", "--Gateway:Sessions:CreatesPerWindow=1000000", "--Gateway:Sessions:MaxSessions=1000000"))
        {
            var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
            var hostile = new HostileJson(4);
            var id = "";
            for (var i = 0; i < 3000; i++)
            {
                // A session takes a certain number of reports a minute.
                if (i % 100 == 0) id = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
                var path = (i % 4) switch { 0 => Root, 1 => $"{Root}/{id}/heartbeat", 2 => $"{Root}/{id}/handoff", _ => $"{Root}/{id}/events" };
                var content = new ByteArrayContent(hostile.Next());
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await fixture.Client.PostAsync(path, content);
                Assert.True((int)answer.StatusCode < 500, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }

            Assert.True((await fixture.Client.GetAsync(viewer.Segments[0])).IsSuccessStatusCode);
            using var good = await PostAsync(fixture.Client, $"{Root}/{id}/events", """{"event":"afterwards"}""");
            Assert.Equal(HttpStatusCode.Accepted, good.StatusCode);
        }

        Assert.Contains((await LinesAsync(file)), line => line.GetProperty("event").GetString() == "afterwards");
    }

    [Fact]
    public async Task Token_AnyJson_IsNever5xx()
    {
        var keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, KeySet);
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
        var hostile = new HostileJson(5);
        for (var i = 0; i < 1500; i++)
        {
            var head = i == 0 ? Encoding.ASCII.GetBytes("""{"alg":"HS256","\ud800":1}""") : hostile.Next();
            using var request = new HttpRequestMessage(HttpMethod.Get, "/play/demo/master.m3u8");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Encode(head)}.{Encode(hostile.Next())}.{Encode([1, 2, 3])}");
            using var answer = await fixture.Client.SendAsync(request);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{(int)answer.StatusCode} for {Encoding.UTF8.GetString(head)}");
        }

        static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes.AsSpan(0, Math.Min(bytes.Length, 1000)));
    }

    private static async Task<JsonElement[]> LinesAsync(string file) => [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
}
