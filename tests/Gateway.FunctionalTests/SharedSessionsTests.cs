using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>Two gateways that share a real PostgreSQL: any of them serves any session, limits hold across both, and neither needs the database to play.</summary>
public sealed class SharedSessionsTests : SharedStoreTests
{
    private const string Root = "/api/v1/playback/sessions";

    [Fact]
    public async Task Session_OfAKilledNode_GoesOnAtTheOther()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var session = await CreateAsync(a.Client, new { mediaId = "demo", engine = "segmented", quality = "high" });
        var id = session.GetProperty("sessionId").GetString();
        await OkAsync(b.Client, session.GetProperty("hlsUrl").GetString());
        using var beat = await a.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 7.5, isPlaying = true, bufferedUntilSec = 20 });
        Assert.True(beat.IsSuccessStatusCode);
        // A confirmed change is in the store within a turn of the writer.
        await Patience.UntilAsync(async () => (await b.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}")).GetProperty("positionSec").GetDouble() == 7.5);
        await a.KillAsync();

        var viewer = await HlsViewer.StartAsync(b.Client, session.GetProperty("hlsUrl").GetString()!);
        await OkAsync(b.Client, viewer.Segments[0]);
        var shown = await b.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");
        Assert.Equal("demo", shown.GetProperty("mediaId").GetString());
        Assert.Equal("high", shown.GetProperty("quality").GetString());
        Assert.Equal(7.5, shown.GetProperty("positionSec").GetDouble());
        using var handoff = await b.Client.PostAsJsonAsync($"{Root}/{id}/handoff", new { });
        Assert.Equal(7.5, (await handoff.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("resumeAtSec").GetDouble());
    }

    [Fact]
    public async Task Position_ReportedToOneNode_IsKnownToTheOther()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var id = (await CreateAsync(a.Client, new { mediaId = "demo", startPositionSec = 2 })).GetProperty("sessionId").GetString();
        Assert.Equal(2, await PositionAsync(b.Client));
        using var first = await a.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 11, isPlaying = true });
        await Patience.UntilAsync(async () => await PositionAsync(b.Client) == 11);
        using var second = await b.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 14, isPlaying = true });
        await Patience.UntilAsync(async () => await PositionAsync(a.Client) == 14);
        Assert.Equal(14, await PositionAsync(b.Client));

        async Task<double> PositionAsync(HttpClient node) => (await node.GetFromJsonAsync<JsonElement>($"{Root}/{id}")).GetProperty("positionSec").GetDouble();
    }

    [Fact]
    public async Task End_OnOneNode_IsKnownToTheOtherWithinSeconds()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var session = await CreateAsync(a.Client, new { mediaId = "demo" });
        var url = session.GetProperty("hlsUrl").GetString();
        await OkAsync(b.Client, url);
        Assert.Equal(HttpStatusCode.NoContent, (await a.Client.DeleteAsync($"{Root}/{session.GetProperty("sessionId").GetString()}")).StatusCode);
        await Patience.UntilAsync(async () => (await b.Client.GetAsync(url)).StatusCode == HttpStatusCode.Gone);
        Assert.Equal(HttpStatusCode.Gone, (await b.Client.GetAsync($"{Root}/{session.GetProperty("sessionId").GetString()}")).StatusCode);
    }

    /// <summary>PostgreSQL keeps no text with a NUL in it: such a name is the caller's mistake, and no outage of the store.</summary>
    [Theory]
    [InlineData("%00")]
    [InlineData("user%00name")]
    public async Task User_NobodyCanHave_IsRefusedAndNotTheStoresFault(string user)
    {
        await using var node = await StartAsync("--Gateway:Admin:ApiKey=correct-horse-battery");
        node.Client.DefaultRequestHeaders.Add("X-Admin-Key", "correct-horse-battery");
        Assert.Equal(HttpStatusCode.BadRequest, (await node.Client.DeleteAsync($"/admin/sessions?user={user}")).StatusCode);
        foreach (var field in new[] { "deviceId", "groupId", "mediaId", "player", "source" })
        {
            var wanted = new Dictionary<string, string>(StringComparer.Ordinal) { ["mediaId"] = "demo", [field] = Uri.UnescapeDataString(user) };
            Assert.Equal(HttpStatusCode.BadRequest, (await node.Client.PostAsJsonAsync(Root, wanted)).StatusCode);
        }
    }

    [Fact]
    public async Task LimitOfAdaptation_SetOnOneNode_HoldsOnAllAndAfterARestart()
    {
        const string key = "--Gateway:Admin:ApiKey=correct-horse-battery";
        await using var a = await StartAsync(key);
        await using var b = await StartAsync(key);
        foreach (var client in new[] { a.Client, b.Client }) client.DefaultRequestHeaders.Add("X-Admin-Key", "correct-horse-battery");
        using var set = await a.Client.PutAsJsonAsync("/admin/adaptation", new { capKbps = 2500 });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        await Patience.UntilAsync(async () => await CapAsync(b.Client) == 2500);
        await a.KillAsync();

        await using var again = await StartAsync(key, "--Gateway:Sessions:StoreTimeout=00:00:02");
        again.Client.DefaultRequestHeaders.Add("X-Admin-Key", "correct-horse-battery");
        Assert.Equal(2500, await CapAsync(again.Client));
        await Postgres.StopAsync();
        using var refused = await again.Client.PutAsJsonAsync("/admin/adaptation", new { capKbps = 0 });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(2500, await CapAsync(again.Client));

        static async Task<int> CapAsync(HttpClient node) => (await node.GetFromJsonAsync<JsonElement>("/admin/adaptation")).GetProperty("capKbps").GetInt32();
    }

    [Fact]
    public async Task StreamLimit_SeveralNodes_HoldsAcrossThem()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""");
            await using var a = await StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            await using var b = await StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            foreach (var node in new[] { a, b }) node.Client.DefaultRequestHeaders.Authorization = Token("ada", maxStreams: 3);
            var requests = Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? a : b).Client.PostAsJsonAsync(Root, new { mediaId = "demo" }));
            var answers = await Task.WhenAll(requests);
            Assert.Equal(3, answers.Count(r => r.StatusCode == HttpStatusCode.Created));
            Assert.Equal(9, answers.Count(r => r.StatusCode == HttpStatusCode.TooManyRequests));
            var one = await answers.First(r => r.StatusCode == HttpStatusCode.Created).Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(HttpStatusCode.NoContent, (await b.Client.DeleteAsync($"{Root}/{one.GetProperty("sessionId").GetString()}")).StatusCode);
            await CreateAsync(a.Client, new { mediaId = "demo" });
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task Play_OfALimitedUserReloadedAtTheOtherNode_IsTheSameSession()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, ControlPlane.KeySet);
            await using var a = await StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            await using var b = await StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            foreach (var node in new[] { a, b }) node.Client.DefaultRequestHeaders.Authorization = Token("ada", maxStreams: 1);
            var first = await PlayAsync(a.Client, "/play/demo/master.m3u8");
            Assert.Equal(first, await PlayAsync(b.Client, "/play/demo/master.m3u8"));
            Assert.Equal(first, await PlayAsync(b.Client, "/play/demo/master.m3u8"));
            // Another title is another session, and one too many, unless the player says that it is the same one.
            Assert.Equal(HttpStatusCode.TooManyRequests, (await b.Client.GetAsync("/play/demo-ts/master.m3u8")).StatusCode);
            await a.Client.DeleteAsync($"{Root}/{first}");
            var named = await PlayAsync(a.Client, "/play/demo/master.m3u8?CMCD=sid%3D%22x%22");
            Assert.Equal(HttpStatusCode.TooManyRequests, (await b.Client.GetAsync("/play/demo-ts/master.m3u8?CMCD=sid%3D%22y%22")).StatusCode);
            Assert.NotEqual(named, await PlayAsync(b.Client, "/play/demo-ts/master.m3u8?CMCD=sid%3D%22x%22"));
        }
        finally
        {
            File.Delete(keys);
        }

        static async Task<string> PlayAsync(HttpClient client, string url)
        {
            using var answer = await client.GetAsync(url);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return answer.Headers.GetValues("X-Session-Id").Single();
        }
    }

    [Fact]
    public async Task DatabaseAway_WhatPlaysGoesOn_AndWhatWasConfirmedIsKept()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var session = await CreateAsync(a.Client, new { mediaId = "demo" });
        var id = session.GetProperty("sessionId").GetString();
        var viewer = await HlsViewer.StartAsync(a.Client, session.GetProperty("hlsUrl").GetString()!);
        await Postgres.StopAsync();

        foreach (var segment in viewer.Segments.Take(6)) await OkAsync(a.Client, segment);
        using var refused = await a.Client.PostAsJsonAsync(Root, new { mediaId = "demo" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("STREAMING_STORE_UNAVAILABLE", problem.GetProperty("code").GetString());
        Assert.True(problem.GetProperty("startupHint").GetProperty("transient").GetBoolean());
        using var beat = await a.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = 33, isPlaying = true, bufferedUntilSec = 40 });
        Assert.True(beat.IsSuccessStatusCode);
        // Without a limit to keep, a URL opens its session all the same.
        await OkAsync(a.Client, "/play/demo/master.m3u8");

        await Postgres.StartAsync();
        await Patience.UntilAsync(async () => (await a.Client.PostAsJsonAsync(Root, new { mediaId = "demo" })).StatusCode == HttpStatusCode.Created);
        await Patience.UntilAsync(async () =>
        {
            using var shown = await b.Client.GetAsync($"{Root}/{id}");
            return shown.IsSuccessStatusCode && (await shown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("positionSec").GetDouble() == 33;
        });
    }

    [Fact]
    public async Task Requests_AlternatingBetweenNodes_AreOneActiveSession()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var session = await CreateAsync(a.Client, new { mediaId = "demo" });
        var viewer = await HlsViewer.StartAsync(a.Client, session.GetProperty("hlsUrl").GetString()!);
        for (var i = 0; i < 6; i++)
        {
            var path = viewer.Segments[i].PathAndQuery;
            await OkAsync((i % 2 == 0 ? a : b).Client, path);
        }

        Assert.Equal(1, await ActiveAsync(a.Client) + await ActiveAsync(b.Client));
    }

    private static async Task<int> ActiveAsync(HttpClient client) => (await client.GetStringAsync("/metrics")).Split('\n')
        .Where(l => l.StartsWith("gateway_sessions_active{", StringComparison.Ordinal))
        .Sum(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));

    private static async Task OkAsync(HttpClient client, object? url)
    {
        using var answer = await client.GetAsync(url as Uri ?? new Uri(client.BaseAddress!, (string?)url));
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {(answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync())}");
    }

    [Fact]
    public async Task Revocation_OnOneNode_HoldsOnTheOtherAndAfterARestart()
    {
        const string operators = "--Gateway:Admin:ApiKey=the-operators-key-of-the-tests";
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, ControlPlane.KeySet);
            string[] knobs = ["--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}", operators];
            await using var a = await StartAsync(knobs);
            await using var b = await StartAsync(knobs);
            foreach (var node in new[] { a, b }) node.Client.DefaultRequestHeaders.Authorization = Token("ada", maxStreams: 9);
            a.Client.DefaultRequestHeaders.Add("X-Admin-Key", "the-operators-key-of-the-tests");
            var (one, two) = (await CreateAsync(a.Client, new { mediaId = "demo" }), await CreateAsync(b.Client, new { mediaId = "demo" }));
            await OkAsync(b.Client, one.GetProperty("hlsUrl").GetString());
            await OkAsync(b.Client, two.GetProperty("hlsUrl").GetString());

            // One session, ended at the node that it was not opened at.
            Assert.Equal(HttpStatusCode.NoContent, (await a.Client.DeleteAsync($"/admin/sessions/{two.GetProperty("sessionId").GetString()}")).StatusCode);
            await Patience.UntilAsync(async () => (await b.Client.GetAsync(two.GetProperty("hlsUrl").GetString())).StatusCode == HttpStatusCode.Gone);
            await OkAsync(b.Client, one.GetProperty("hlsUrl").GetString());

            // All of a user.
            var shown = await a.Client.GetFromJsonAsync<JsonElement>("/admin/sessions");
            var user = shown.EnumerateArray().First().GetProperty("userId").GetString();
            Assert.Equal(HttpStatusCode.OK, (await a.Client.DeleteAsync($"/admin/sessions?user={user}")).StatusCode);
            await Patience.UntilAsync(async () => (await b.Client.GetAsync(one.GetProperty("hlsUrl").GetString())).StatusCode == HttpStatusCode.Gone);

            // Nobody of that name.
            using var revoked = await a.Client.PostAsJsonAsync("/admin/revocations", new { subject = "ada", until = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) });
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
            await Patience.UntilAsync(async () => (await b.Client.PostAsJsonAsync(Root, new { mediaId = "demo" })).StatusCode == HttpStatusCode.Unauthorized);
            await a.KillAsync();
            await b.KillAsync();
            await using var c = await StartAsync(knobs);
            c.Client.DefaultRequestHeaders.Authorization = Token("ada", maxStreams: 9);
            Assert.Equal(HttpStatusCode.Unauthorized, (await c.Client.PostAsJsonAsync(Root, new { mediaId = "demo" })).StatusCode);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    private Task<GatewayProcess> StartAsync(params string[] knobs) =>
        StartNodeAsync(["--Gateway:Sessions:StoreTimeout=00:01:00", .. knobs]);

    private static async Task<JsonElement> CreateAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync(Root, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static AuthenticationHeaderValue Token(string subject, int maxStreams)
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var head = Encode("""{"alg":"HS256","kid":"h"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes($$"""{"sub":"{{subject}}","exp":9999999999,"max_streams":{{maxStreams}}}"""));
        return new AuthenticationHeaderValue("Bearer", head + "." + Encode(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head))));

        static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }
}
