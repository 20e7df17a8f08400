using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Benchmarks.Live;

/// <summary>
/// ffmpeg makes pictures in real time and closes a chunk every few seconds; each is uploaded at once, and a viewer without a player looks every 50 ms whether it is listed, and fetches it.
/// </summary>
internal sealed class LiveSource(HttpClient gateway, string folder, int chunkSeconds)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _begin = DateTimeOffset.MaxValue;
    private string _id = "", _token = "";

    public string Playlist { get; private set; } = "";

    /// <summary>Seconds from the confirmation of a chunk to its last byte at a viewer.</summary>
    public ConcurrentBag<double> Playable { get; } = [];

    /// <summary>When the first picture was made: the latest moment that fits the times at which all chunks were closed.</summary>
    public DateTimeOffset Begin
    {
        get
        {
            lock (_lock) return _begin;
        }
    }

    public async Task OpenAsync()
    {
        using var answer = await gateway.PostAsJsonAsync("/stream_sessions", new { chunk_duration_sec = chunkSeconds });
        answer.EnsureSuccessStatusCode();
        var reply = await answer.Content.ReadFromJsonAsync<JsonElement>();
        _id = reply.GetProperty("session_id").GetString()!;
        _token = reply.GetProperty("upload").GetProperty("token").GetString()!;
        Playlist = reply.GetProperty("playlist_url").GetString()!;
    }

    /// <summary>Records and uploads; ends with the session.</summary>
    public async Task RunAsync(int seconds)
    {
        var uploads = Task.CompletedTask;
        var watching = new ConcurrentBag<Task>();
        var length = seconds.ToString(CultureInfo.InvariantCulture);
        var each = chunkSeconds.ToString(CultureInfo.InvariantCulture);
        await using (var recorder = new ChildProcess("ffmpeg",
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", length,
            "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-b:v", "800k", "-c:a", "aac", "-force_key_frames", $"expr:gte(t,n_forced*{each})",
            "-f", "segment", "-segment_time", each, "-reset_timestamps", "1", "-segment_list", "pipe:1", "-segment_list_type", "csv", Path.Combine(folder, "chunk_%05d.mp4"),
        ], line =>
        {
            var fields = line.Split(',');
            if (fields.Length != 3) return;
            lock (_lock)
            {
                var begin = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(double.Parse(fields[2], CultureInfo.InvariantCulture));
                if (begin < _begin) _begin = begin;
                uploads = uploads.ContinueWith(_ => UploadAsync(fields[0], watching), TaskScheduler.Default).Unwrap();
            }
        }))
        {
            await recorder.EndedAsync();
        }

        await uploads;
        await Task.WhenAll(watching);
        using var end = await SendAsync(HttpMethod.Post, "end", null);
        end.EnsureSuccessStatusCode();
    }

    private async Task UploadAsync(string name, ConcurrentBag<Task> watching)
    {
        var index = int.Parse(name.AsSpan("chunk_".Length, 5), NumberStyles.None, CultureInfo.InvariantCulture);
        using (var content = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(folder, name))))
        using (var answer = await SendAsync(HttpMethod.Put, $"chunks/{index}", content))
        {
            answer.EnsureSuccessStatusCode();
        }

        watching.Add(WatchAsync(index, TimeProvider.System.GetTimestamp()));
    }

    private async Task WatchAsync(int index, long since)
    {
        var segment = string.Create(CultureInfo.InvariantCulture, $"seg_{index:D5}.mp4");
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System))
        {
            var playlist = await gateway.GetStringAsync(new Uri(Playlist));
            if (playlist.Split('\n').FirstOrDefault(l => !l.StartsWith('#') && l.Contains(segment, StringComparison.Ordinal)) is not { } reference) continue;
            await gateway.GetByteArrayAsync(new Uri(new Uri(Playlist), reference));
            Playable.Add(TimeProvider.System.GetElapsedTime(since).TotalSeconds);
            return;
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string what, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, $"/stream_sessions/{_id}/{what}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return gateway.SendAsync(request);
    }
}
