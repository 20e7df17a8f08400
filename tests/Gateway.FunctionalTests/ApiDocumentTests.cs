using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Admin;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Live;
using Gateway.Live.Sessions;
using Gateway.Problems;
using Gateway.Sessions.Api;
using Microsoft.AspNetCore.Routing;

namespace Gateway.FunctionalTests;

/// <summary>The OpenAPI document describes exactly the mapped routes and written fields.</summary>
public sealed class ApiDocumentTests
{
    private const string Path = "/openapi/v1.json";

    /// <summary>Routes answered before endpoint routing, which have no endpoint.</summary>
    private static readonly string[] MediaPaths =
    [
        "GET /play/{asset}", "GET /api/v1/playback/{ticket}/{cluster}/{asset}", "GET /api/v1/files/{ticket}/{file}", "GET /api/player/stream_chunk/{trackId}/{chunkIndex}",
        "GET /api/library/tracks/{trackId}", "GET /stream/{id}/playlist.m3u8",
    ];

    [Fact]
    public async Task Routes_OfTheDocument_AreTheMappedOnes()
    {
        var folder = Directory.CreateTempSubdirectory("live-");
        await using var fixture = await GatewayWithStub.StartAsync(LiveHost.KnobsFor(folder.FullName, "http://127.0.0.1:9", 9));
        var document = await fixture.Client.GetFromJsonAsync<JsonElement>(Path);

        var written = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(o => o.Name != "parameters").Select(o => $"{o.Name.ToUpperInvariant()} {path.Name}"));
        var mapped = fixture.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => !e.RoutePattern.RawText!.StartsWith("/internal/", StringComparison.Ordinal) && e.RoutePattern.RawText != "/titles.json")
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(m => (Method: m, e.RoutePattern)) ?? [("GET", e.RoutePattern)])
            .Where(route => route.Method != "HEAD")
            .Select(route => $"{route.Method} {route.RoutePattern.RawText!.TrimEnd('/')}");
        Assert.Equal(mapped.Concat(MediaPaths).Order(), written.Order());
    }

    [Fact]
    public async Task Routes_WithGet_AnswerHead()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var lacking = fixture.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { } methods && methods.Contains("GET") && !methods.Contains("HEAD"))
            .Select(e => e.RoutePattern.RawText);
        Assert.Empty(lacking);
        foreach (var path in new[] { "/admin/sessions", "/admin/cache", "/admin/origins", "/admin/revocations", "/admin/rollout", "/api/v1/playback/engine", "/admin/", "/", "/metrics", "/health/live", Path, "/play/demo/master.m3u8" })
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            using var answer = await fixture.Client.SendAsync(head);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} {answer.StatusCode}");
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Replies_OfTheDocument_HaveTheWrittenFields()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var document = await fixture.Client.GetFromJsonAsync<JsonElement>(Path);
        foreach (var (name, type) in new (string, JsonTypeInfo)[]
        {
            ("Session", SessionJson.Default.SessionReply),
            ("StreamSession", StreamSessionJson.Default.StreamSessionReply),
            ("StreamUpload", StreamSessionJson.Default.StreamUpload),
            ("StreamToken", StreamSessionJson.Default.TokenReply),
            ("PlaybackProfile", SessionJson.Default.PlaybackProfile),
            ("EngineHints", SessionJson.Default.EngineHints),
            ("SessionState", SessionJson.Default.SessionSnapshot),
            ("SessionEvents", SessionJson.Default.SessionEventsReply),
            ("SessionEvent", SessionJson.Default.SessionEventView),
            ("StartParts", SessionJson.Default.StartParts),
            ("Delay", SessionJson.Default.DelayView),
            ("Samples", AdminJson.Default.SamplesReply),
            ("Node", AdminJson.Default.NodeSnapshot),
            ("SegmentsBySource", SessionJson.Default.SegmentsBySource),
            ("HeartbeatReply", SessionJson.Default.HeartbeatReply),
            ("EventsReply", SessionJson.Default.EventsReply),
            ("Cache", AdminJson.Default.CacheSnapshot),
            ("CacheDisk", AdminJson.Default.DiskSnapshot),
            ("Destination", AdminJson.Default.DestinationSnapshot),
            ("Purge", AdminJson.Default.PurgeReply),
            ("Ended", AdminJson.Default.EndedReply),
            ("Revocation", AdminJson.Default.RevocationSnapshot),
            ("Rollout", AdminJson.Default.RolloutSnapshot),
            ("RolloutWave", AdminJson.Default.WaveSnapshot),
            ("RolloutEvidence", AdminJson.Default.EvidenceSnapshot),
            ("RolloutGate", AdminJson.Default.GateSnapshot),
            ("Reversion", AdminJson.Default.ReversionSnapshot),
            ("Engine", SessionJson.Default.EngineReply),
        })
        {
            var written = document.GetProperty("components").GetProperty("schemas").GetProperty(name).GetProperty("properties").EnumerateObject().Select(p => p.Name);
            Assert.Equal((name, string.Join(' ', type.Properties.Select(p => p.Name).Order())), (name, string.Join(' ', written.Order())));
        }

        var codes = document.GetProperty("components").GetProperty("schemas").GetProperty("Problem").GetProperty("properties").GetProperty("code").GetProperty("enum");
        Assert.Equal(Enum.GetValues<ProblemCode>().Select(c => ProblemTable.Of(c).Code).Order(), codes.EnumerateArray().Select(c => c.GetString()!).Order());
    }

    [Fact]
    public async Task Examples_OfTheDocument_AreAcceptedAndAnsweredAsWritten()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var document = await fixture.Client.GetFromJsonAsync<JsonElement>(Path);
        var id = "";
        foreach (var (path, status) in new[] { ("", 201), ("/{id}/heartbeat", 200), ("/{id}/events", 202), ("/{id}/handoff", 201) })
        {
            var operation = document.GetProperty("paths").GetProperty($"/api/v1/playback/sessions{path}").GetProperty("post");
            using var answer = await fixture.Client.PostAsJsonAsync($"/api/v1/playback/sessions{path.Replace("{id}", id, StringComparison.Ordinal)}", ExampleOf(operation.GetProperty("requestBody")));
            Assert.Equal((HttpStatusCode)status, answer.StatusCode);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(FieldsOf(ExampleOf(operation.GetProperty("responses").GetProperty($"{status}"))), FieldsOf(body));
            if (path.Length == 0) id = body.GetProperty("sessionId").GetString();
        }

        using var refused = await fixture.Client.PostAsJsonAsync("/api/v1/playback/sessions", new { });
        var example = document.GetProperty("components").GetProperty("responses").GetProperty("InvalidRequest").GetProperty("content").GetProperty("application/problem+json").GetProperty("example");
        Assert.True(JsonElement.DeepEquals(example, await refused.Content.ReadFromJsonAsync<JsonElement>()));
    }

    [Fact]
    public async Task References_OfTheDocument_ResolveAndNoInternalsAreExposed()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var text = await fixture.Client.GetStringAsync(Path);
        using var document = JsonDocument.Parse(text);
        var names = new HashSet<string>();
        Collect(document.RootElement, names);
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            var at = document.RootElement;
            foreach (var step in name.TrimStart('#', '/').Split('/')) at = at.GetProperty(step);
        }

        foreach (var secret in new[] { "Gateway.", "System.", "/internal", "localhost", "127.0.0.1", fixture.StubUrl.Authority }) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, Path);
        using var first = await fixture.Client.GetAsync(Path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await fixture.Client.SendAsync(again)).StatusCode);
    }

    private static JsonElement ExampleOf(JsonElement message) => message.GetProperty("content").GetProperty("application/json").GetProperty("example");

    private static string FieldsOf(JsonElement body) => string.Join(' ', body.EnumerateObject().Select(p => p.Name).Order());

    private static void Collect(JsonElement at, HashSet<string> references)
    {
        if (at.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in at.EnumerateArray()) Collect(item, references);
        }
        else if (at.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in at.EnumerateObject())
            {
                if (property.Name == "$ref") references.Add(property.Value.GetString()!);
                else Collect(property.Value, references);
            }
        }
    }
}
