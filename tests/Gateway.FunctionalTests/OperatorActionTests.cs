using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>What operators do to sessions, and that it is told who did it.</summary>
public sealed class OperatorActionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("operator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Session_EndedByAnOperator_IsRevokedAndTheEventNamesTheOperator()
    {
        var file = Path.Combine(_folder, "events.ndjson");
        await using (var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={file}", "--Gateway:Admin:ApiKeys:0=ann:the-key-of-ann-and-only-hers"))
        {
            using var ann = fixture.NewClient();
            ann.DefaultRequestHeaders.Add("X-Admin-Key", "the-key-of-ann-and-only-hers");
            var session = await CreateAsync(fixture.Client, new { mediaId = "demo" });
            var id = session.GetProperty("sessionId").GetString();
            Assert.True((await fixture.Client.GetAsync(session.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);

            using var stranger = fixture.NewClient();
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.DeleteAsync($"/admin/sessions/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.NoContent, (await ann.DeleteAsync($"/admin/sessions/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.Gone, (await fixture.Client.GetAsync(session.GetProperty("hlsUrl").GetString())).StatusCode);
            Assert.Equal(HttpStatusCode.Gone, (await ann.DeleteAsync($"/admin/sessions/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await ann.DeleteAsync($"/admin/sessions/{Guid.NewGuid():N}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await ann.DeleteAsync("/admin/sessions/..%2F")).StatusCode);
            await ann.PostAsync("/admin/cache/purge?prefix=/demo/", null);
            await ann.PostAsync("/admin/drain", null);
            await fixture.Client.PostAsync("/admin/drain?on=false", null);
        }

        var lines = (await File.ReadAllLinesAsync(file)).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.Contains(lines, line => Label(line, "event") == "session.end" && Label(line, "reason") == "revoked");
        var actions = lines.Where(line => Label(line, "event") == "operator.action").ToArray();
        Assert.Equal(["ann session.end", "ann cache.purge", "ann drain.begin", "operator drain.end"], actions.Select(line => $"{Label(line, "who")} {Label(line, "what")}"));
        Assert.All(actions, line => Assert.Equal("127.0.0.1", Label(line, "from")));
        Assert.Equal("/demo/", Label(actions[1], "target"));
    }

    [Fact]
    public async Task User_EndedByAnOperator_LosesAllSessionsAndMayComeAgain()
    {
        await using var fixture = await GatewayWithStub.StartAsync(await TokenModeAsync());
        using var ada = WithToken(fixture, "ada", "");
        using var bob = WithToken(fixture, "bob", "");
        var (one, two) = (await CreateAsync(ada, new { mediaId = "demo" }), await CreateAsync(ada, new { mediaId = "demo" }));
        var others = await CreateAsync(bob, new { mediaId = "demo" });
        var user = await UserOfAsync(fixture.Client, one);
        using var forgotten = await fixture.Client.DeleteAsync("/admin/sessions");
        Assert.Equal(HttpStatusCode.BadRequest, forgotten.StatusCode);
        using var ended = await fixture.Client.DeleteAsync($"/admin/sessions?user={user}");
        Assert.Equal(2, (await ended.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ended").GetInt32());
        foreach (var session in new[] { one, two }) Assert.Equal(HttpStatusCode.Gone, await PlayAsync(fixture.Client, session));
        Assert.Equal(HttpStatusCode.OK, await PlayAsync(fixture.Client, others));
        Assert.Equal(HttpStatusCode.OK, await PlayAsync(fixture.Client, await CreateAsync(ada, new { mediaId = "demo" })));
    }

    [Theory]
    [InlineData("""{"subject":"ada","until":"2999-01-01T00:00:00Z"}""", false)]
    [InlineData("""{"subject":"ada"}""", false)]
    [InlineData("""{"subject":"ada","jti":"x","until":"2026-12-31T00:00:00Z"}""", false)]
    [InlineData("""{"until":"2026-12-31T00:00:00Z"}""", false)]
    [InlineData("""{"subject":7,"until":"2026-12-31T00:00:00Z"}""", false)]
    [InlineData("""[]""", false)]
    [InlineData("""{"subject":"\ud800","until":"2026-12-31T00:00:00Z"}""", false)]
    [InlineData("""{"jti":"x","until":"2000-01-01T00:00:00Z"}""", true)]
    public async Task Revocation_ThatIsNone_Is400(string body, bool isGood)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var answer = await PostAsync(fixture.Client, "/admin/revocations", body);
        Assert.Equal(isGood ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Revocation_OfTokenSubjectAndUser_HoldsUntilItExpiresOrIsLifted()
    {
        var clock = new LeapingTimeProvider();
        await using var fixture = await GatewayWithStub.StartAsync(clock, await TokenModeAsync());
        using var first = WithToken(fixture, "ada", ""","jti":"one" """);
        using var second = WithToken(fixture, "ada", ""","jti":"two" """);
        using var bob = WithToken(fixture, "bob", "");
        var playing = await CreateAsync(second, new { mediaId = "demo" });

        await RevokeAsync(fixture.Client, new { jti = "one", until = clock.GetUtcNow() + TimeSpan.FromMinutes(10) });
        await ProblemAsync(await first.PostAsJsonAsync(Root, new { mediaId = "demo" }), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await ProblemAsync(await first.GetAsync("/play/demo/master.m3u8"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await CreateAsync(second, new { mediaId = "demo" });

        await RevokeAsync(fixture.Client, new { subject = "ada", until = clock.GetUtcNow() + TimeSpan.FromMinutes(5) });
        await ProblemAsync(await second.PostAsJsonAsync(Root, new { mediaId = "demo" }), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await CreateAsync(bob, new { mediaId = "demo" });

        // A user is refused with its tickets too.
        Assert.Equal(HttpStatusCode.OK, await PlayAsync(fixture.Client, playing));
        await RevokeAsync(fixture.Client, new { user = await UserOfAsync(fixture.Client, playing), until = clock.GetUtcNow() + TimeSpan.FromMinutes(5) });
        Assert.Equal(HttpStatusCode.Gone, await PlayAsync(fixture.Client, playing));
        Assert.Equal(3, (await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/revocations")).GetArrayLength());

        clock.Leap(TimeSpan.FromMinutes(6));
        await CreateAsync(second, new { mediaId = "demo" });
        await ProblemAsync(await first.PostAsJsonAsync(Root, new { mediaId = "demo" }), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await RevokeAsync(fixture.Client, new { jti = "one", until = clock.GetUtcNow() });
        await CreateAsync(first, new { mediaId = "demo" });
        Assert.Equal(HttpStatusCode.Gone, await PlayAsync(fixture.Client, playing));
        Assert.Equal(0, (await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/revocations")).GetArrayLength());
    }

    private static async Task RevokeAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("/admin/revocations", body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> PlayAsync(HttpClient client, JsonElement session)
    {
        using var answer = await client.GetAsync(session.GetProperty("hlsUrl").GetString());
        return answer.StatusCode;
    }

    private static async Task<string?> UserOfAsync(HttpClient client, JsonElement session)
    {
        var shown = await client.GetFromJsonAsync<JsonElement>("/admin/sessions");
        return shown.EnumerateArray().First(s => Label(s, "sessionId") == Label(session, "sessionId")).GetProperty("userId").GetString();
    }

    private static string? Label(JsonElement line, string field) => line.TryGetProperty(field, out var value) ? value.GetString() : null;

    private async Task<string[]> TokenModeAsync()
    {
        var keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, KeySet);
        return ["--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}"];
    }
}
