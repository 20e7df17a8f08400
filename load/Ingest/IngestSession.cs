using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Load.Ingest;

/// <summary>One live session: a recording program that uploads a chunk each five seconds, whether or not the one before is through, and a viewer who takes each segment as soon as it is listed.</summary>
internal sealed class IngestSession(HttpClient client, byte[][] chunks, IngestFigures figures, TimeProvider time)
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(500), s_look = TimeSpan.FromMilliseconds(100), s_patience = TimeSpan.FromSeconds(60);

    private string _id = "";
    private string _token = "";
    private Uri _playlist = new("/", UriKind.Relative);

    /// <summary>Uploads for a time, and ends the session when all it sent was listed.</summary>
    /// <param name="wait">Before the first chunk, so that sessions are spread over the length of a chunk.</param>
    /// <param name="duration">How long chunks are sent.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(TimeSpan wait, TimeSpan duration, CancellationToken stop)
    {
        using (var created = await client.PostAsync(new Uri("/stream_sessions", UriKind.Relative), null, stop))
        {
            created.EnsureSuccessStatusCode();
            var reply = await created.Content.ReadFromJsonAsync<JsonElement>(stop);
            (_id, _token) = (reply.GetProperty("session_id").GetString()!, reply.GetProperty("upload").GetProperty("token").GetString()!);
            _playlist = new Uri(new Uri(reply.GetProperty("playlist_url").GetString()!).PathAndQuery, UriKind.Relative);
        }

        await Task.Delay(wait, time, stop);
        var began = time.GetTimestamp();
        var sent = new List<Task>();
        for (var i = 0; IngestOptions.Chunk * i < duration; i++)
        {
            var due = IngestOptions.Chunk * i;
            if (due - time.GetElapsedTime(began) is { Ticks: > 0 } early) await Task.Delay(early, time, stop);
            figures.Ticked(time.GetElapsedTime(began) - due);
            sent.Add(FollowAsync(i, stop));
        }

        await Task.WhenAll(sent);
        using var end = await SendAsync(HttpMethod.Post, "end", null, stop);
    }

    private async Task FollowAsync(int index, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        try
        {
            while (true)
            {
                using var content = new ByteArrayContent(chunks[index % chunks.Length]);
                using var answer = await SendAsync(HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"chunks/{index}"), content, stop);
                if (answer.IsSuccessStatusCode) break;
                if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || time.GetElapsedTime(began) > s_patience)
                {
                    figures.WasLost();
                    return;
                }

                figures.CameAgain();
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? s_again, time, stop);
            }

            var confirmed = time.GetTimestamp();
            figures.Took(time.GetElapsedTime(began, confirmed));
            await WatchAsync(index, confirmed, stop);
        }
        catch (HttpRequestException)
        {
            figures.WasLost();
        }
    }

    private async Task WatchAsync(int index, long confirmed, CancellationToken stop)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"seg_{index:D5}.mp4");
        while (time.GetElapsedTime(confirmed) < s_patience)
        {
            var list = await client.GetStringAsync(_playlist, stop);
            var line = list.Split('\n').FirstOrDefault(l => l.EndsWith(name, StringComparison.Ordinal));
            if (line is not null)
            {
                var listed = time.GetElapsedTime(confirmed);
                using var segment = await client.GetAsync(new Uri(new Uri(client.BaseAddress!, _playlist), line), stop);
                if (segment.IsSuccessStatusCode) figures.Played(listed, time.GetElapsedTime(confirmed));
                else figures.WasLost();
                return;
            }

            await Task.Delay(s_look, time, stop);
        }

        figures.WasLost();
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string what, HttpContent? content, CancellationToken stop)
    {
        var request = new HttpRequestMessage(method, $"/stream_sessions/{_id}/{what}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return client.SendAsync(request, stop);
    }
}
