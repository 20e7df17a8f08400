using System.Text.Json;

namespace Gateway.Load.Checks;

/// <summary>A session of the checks' own: opened, used, and ended by them.</summary>
/// <param name="Id">Of the session.</param>
/// <param name="Ticket">Bearer token for its own routes, and part of its URLs.</param>
/// <param name="Reply">The whole reply to the create.</param>
internal sealed record CheckedSession(string Id, string Ticket, JsonElement Reply)
{
    public const string Root = "/api/v1/playback/sessions";

    public string Path => $"{Root}/{Id}";

    public string Engine => Reply.GetProperty("engine").GetString()!;

    public string? Url(string name) => Reply.TryGetProperty(name, out var url) && url.ValueKind == JsonValueKind.String ? url.GetString() : null;

    /// <summary>The field that proves the session's maker.</summary>
    public (string Name, string Value) Bearer => ("Authorization", $"Bearer {Ticket}");

    /// <exception cref="IOException">It was refused; the message says how.</exception>
    public static async Task<CheckedSession> OpenAsync(CheckedSystem system, object body, string? token, CancellationToken stop)
    {
        var answer = await system.SendAsync("POST", Root, stop, JsonSerializer.Serialize(body), token is null ? [] : [("Authorization", $"Bearer {token}")]);
        return Expect.Status(answer, 201) is { } wrong ? throw new IOException($"The create {wrong}.") : Of(answer);
    }

    public static CheckedSession Of(Answer answer)
    {
        var reply = answer.Json();
        return new CheckedSession(reply.GetProperty("sessionId").GetString()!, reply.GetProperty("ticket").GetString()!, reply);
    }

    /// <summary>Ends it, if it has not ended; what goes wrong at that is no finding.</summary>
    public async Task EndAsync(CheckedSystem system)
    {
        try
        {
            await system.SendAsync("DELETE", Path, CancellationToken.None, null, Bearer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // It ends by itself after its idle time.
        }
    }
}
