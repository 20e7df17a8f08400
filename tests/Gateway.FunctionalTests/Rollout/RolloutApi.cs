using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>The operators' side of the roll-out over HTTP.</summary>
internal static class RolloutApi
{
    public const string Path = "/admin/rollout";

    public static async Task<(JsonElement State, string Tag)> ReadAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(Path);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(), answer.Headers.ETag!.Tag);
    }

    public static async Task<HttpResponseMessage> PutAsync(HttpClient client, object body, string? match = "*")
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Path) { Content = JsonContent.Create(body) };
        if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        return await client.SendAsync(request);
    }

    public static async Task<JsonElement> ChangeAsync(HttpClient client, object body)
    {
        using var answer = await PutAsync(client, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The engine of a new session for a title that has both forms.</summary>
    public static async Task<string> EngineAsync(HttpClient client, object? body = null)
    {
        var session = await Common.ControlPlane.CreateAsync(client, body ?? new { mediaId = "demo" });
        return session.GetProperty("engine").GetString()!;
    }
}
