using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Live;

/// <summary>An uploader of one session as docs/live.md describes it, and a viewer of its playlist who has every version that he sees judged.</summary>
internal sealed class StreamUploader
{
    private StreamUploader(HttpClient client, JsonElement reply)
    {
        Client = client;
        Reply = reply;
        Id = reply.GetProperty("session_id").GetString()!;
        Playlist = new Uri(reply.GetProperty("playlist_url").GetString()!).PathAndQuery;
        Token = reply.GetProperty("upload").GetProperty("token").GetString()!;
    }

    public HttpClient Client { get; set; }

    public JsonElement Reply { get; }

    public string Id { get; }

    public string Playlist { get; }

    public string Token { get; set; }

    public LivePlaylistJudge Judge { get; } = new();

    public static async Task<StreamUploader> CreateAsync(HttpClient client, object? body = null)
    {
        using var answer = await client.PostAsync(new Uri("/stream_sessions", UriKind.Relative), body is null ? null : JsonContent.Create(body));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return new StreamUploader(client, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task<HttpResponseMessage> PutAsync(int index, byte[] chunk, string? token = null, Action<HttpRequestMessage>? adjust = null) =>
        PutAsync(index.ToString(CultureInfo.InvariantCulture), new ByteArrayContent(chunk), token, adjust);

    public async Task<HttpResponseMessage> PutAsync(string index, HttpContent chunk, string? token = null, Action<HttpRequestMessage>? adjust = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/stream_sessions/{Id}/chunks/{index}") { Content = chunk };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token);
        adjust?.Invoke(request);
        return await Client.SendAsync(request);
    }

    /// <summary>Sends a chunk as an uploader has to: again when it is told to come again, or when nobody answers.</summary>
    public async Task<JsonElement> SendAsync(int index, byte[] chunk)
    {
        JsonElement body = default;
        await Patience.UntilAsync(async () =>
        {
            try
            {
                using var answer = await PutAsync(index, chunk);
                if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) return false;
                body = await answer.Content.ReadFromJsonAsync<JsonElement>();
                Assert.True(answer.IsSuccessStatusCode, $"Chunk {index}: {(int)answer.StatusCode} {body}");
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return body;
    }

    public Task<HttpResponseMessage> PostAsync(string what, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/stream_sessions/{Id}/{what}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token);
        return Client.SendAsync(request);
    }

    public async Task EndAsync()
    {
        using var answer = await PostAsync("end");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>Loads the playlist and has it judged.</summary>
    public async Task<string> LoadAsync(string query = "")
    {
        var text = await Client.GetStringAsync(new Uri(Playlist + (query.Length == 0 ? "" : Playlist.Contains('?', StringComparison.Ordinal) ? $"&{query}" : $"?{query}"), UriKind.Relative));
        if (query.Length == 0) Judge.Take(Bare(text));
        return text;
    }

    /// <summary>The playlist as it is before its references are rewritten: they name the viewer's ticket, which is another one on another node, and after a restart.</summary>
    public static string Bare(string playlist) => string.Join('\n', playlist.Split('\n').Select(line =>
    {
        var at = line.IndexOf("/api/v1/playback/", StringComparison.Ordinal);
        return at < 0 ? line : (line.StartsWith('#') ? line[..(line.IndexOf('"', StringComparison.Ordinal) + 1)] : "") + line[(line.LastIndexOf('/') + 1)..];
    }));

    /// <summary>Addresses of the segments as a player gets them.</summary>
    public async Task<string[]> SegmentsAsync() => [.. (await LoadAsync()).Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#'))];

    /// <summary>Watches until the playlist has so many entries, or its end.</summary>
    public Task UntilAsync(int entries) => Patience.UntilAsync(async () =>
    {
        await LoadAsync();
        return Judge.Entries.Count >= entries;
    }, () => $"The playlist has {Judge.Entries.Count} of {entries} entries.");

    public Task UntilEndAsync() => Patience.UntilAsync(async () =>
    {
        await LoadAsync();
        return Judge.HasEnded;
    }, () => $"The playlist has {Judge.Entries.Count} entries and no end.");
}
