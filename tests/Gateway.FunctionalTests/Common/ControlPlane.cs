using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Gateway.FunctionalTests.Common;

/// <summary>Calls to the control plane as a client makes them, and checks that hold for every response.</summary>
internal static class ControlPlane
{
    public const string Root = "/api/v1/playback/sessions";

    /// <summary>A key set for the tokens of <see cref="WithToken"/>.</summary>
    public const string KeySet = """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""";

    /// <summary>A client that sends a valid JWT with each request.</summary>
    /// <param name="fixture">The gateway.</param>
    /// <param name="subject">Subject of the token.</param>
    /// <param name="more">Further claims, beginning with a comma; or nothing.</param>
    public static HttpClient WithToken(GatewayWithStub fixture, string subject, string more)
    {
        var client = fixture.NewClient();
        client.DefaultRequestHeaders.Authorization = TokenOf(subject, more);
        return client;
    }

    /// <inheritdoc cref="WithToken"/>
    public static AuthenticationHeaderValue TokenOf(string subject, string more)
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var head = Encode("""{"alg":"HS256","kid":"h"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes($$"""{"sub":"{{subject}}","exp":9999999999{{more}}}"""));
        return new AuthenticationHeaderValue("Bearer", head + "." + Encode(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head))));

        static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    public static async Task<JsonElement> CreateAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync(Root, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"{Root}/{session.GetProperty("sessionId").GetString()}", answer.Headers.Location!.ToString());
        return session;
    }

    public static async Task<JsonElement> HandoffAsync(HttpClient client, string? id, object body)
    {
        using var answer = await client.PostAsJsonAsync($"{Root}/{id}/handoff", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body, string type = "application/json") =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, type));

    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }
}
