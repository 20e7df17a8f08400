using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks;

/// <summary>
/// A day of live ingest in fast motion: the whole gateway on a clock that is moved by a chunk's length at a time, and a transcoder that answers at once. One recording program uploads each chunk, one viewer reloads the
/// playlist (a delta update, as players ask for it) and takes the newest segment; once an hour the whole playlist is read. With a sliding window everything has to stay flat; without one the record grows by what an entry takes.
/// </summary>
internal static class LiveDay
{
    private const int SettledAfterHours = 2;

    /// <summary>Most growth of the heap an hour with a sliding window, and beyond it for each entry of a playlist that keeps everything.</summary>
    private const double MostGrowthMiB = 0.3, MostEntryKiB = 1.5;

    /// <summary>How much longer a reload may take at last than at first, and a millisecond: noise of a busy machine.</summary>
    private const double MostReloadGrowth = 2;

    private const double KiB = 1 << 10, MiB = 1 << 20;

    private static readonly TimeSpan s_chunk = TimeSpan.FromSeconds(5);

    /// <returns>0 when memory and the cost of a reload are flat, 2 when they grow.</returns>
    public static async Task<int> RunAsync(int hours, int windowSeconds)
    {
        var folder = Directory.CreateTempSubdirectory("live-day-").FullName;
        try
        {
            return await RunAsync(folder, hours, windowSeconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string folder, int hours, int windowSeconds)
    {
        var chunk = await ReadyTranscoder.RecordAsync(folder, s_chunk);
        var clock = ManualTimeProvider.FromNow();
        await using var transcoder = await ReadyTranscoder.StartAsync(chunk);
        var port = ReadyTranscoder.FreePort();
        await using var gateway = Gateway.Program.Build(
            [
                "--urls", $"http://127.0.0.1:{port}", "--Gateway:Telemetry:Events=Off", "--Gateway:Cache:MaxBytes=16777216", "--Gateway:Live:Enabled=true", $"--Gateway:Live:Folder={folder}",
                $"--Gateway:Transcoder:Url={transcoder.Url}/", $"--Gateway:Transcoder:SourceBaseUrl=http://127.0.0.1:{port}/", "--Gateway:Live:KeepInput=00:10:00", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={transcoder.Url}/",
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<TimeProvider>(clock);
            });
        await gateway.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var created = await client.PostAsJsonAsync("/stream_sessions", new { window_sec = windowSeconds });
        var session = await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var day = new Day(client, session.GetProperty("session_id").GetString()!, session.GetProperty("upload").GetProperty("token").GetString()!, new Uri(session.GetProperty("playlist_url").GetString()!).PathAndQuery, chunk);
        var perHour = (int)(TimeSpan.FromHours(1) / s_chunk);
        var rows = new List<(double Heap, double Reload)>();
        Console.WriteLine("hour  heap/MiB  resident/MiB  reload/ms  reload/bytes  whole/ms  whole/KiB  files");
        for (var hour = 0; hour < hours; hour++)
        {
            var reloads = new List<double>();
            for (var step = 0; step < perHour; step++)
            {
                clock.Advance(s_chunk);
                reloads.Add(await day.StepAsync((hour * perHour) + step));
                if (step % 360 == 0) await day.RenewAsync();
            }

            var began = TimeProvider.System.GetTimestamp();
            var whole = await day.ReadWholeAsync();
            var wholeMs = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            reloads.Sort();
            // What is judged is what is kept: the pools of arrays let go of what nobody has used for a minute, and an hour is less than that here.
            if (hour == SettledAfterHours || hour == hours - 1) await SettleAsync();
            rows.Add((GC.GetTotalMemory(forceFullCollection: true) / MiB, reloads[reloads.Count / 2]));
            using var process = Process.GetCurrentProcess();
            var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hour + 1,4}{rows[^1].Heap,10:0.00}{process.WorkingSet64 / MiB,14:0.0}{rows[^1].Reload,11:0.00}{day.LastReload,14}{wholeMs,10:0.0}{whole / KiB,11:0.0}{files,7}"));
        }

        await gateway.StopAsync();
        return Judge(rows, perHour, windowSeconds > 0);
    }

    private static async Task SettleAsync()
    {
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
            GC.Collect();
        }
    }

    private static int Judge(List<(double Heap, double Reload)> rows, int perHour, bool isSliding)
    {
        if (rows.Count <= SettledAfterHours + 1) return 0;
        var growth = (rows[^1].Heap - rows[SettledAfterHours].Heap) / (rows.Count - 1 - SettledAfterHours);
        var allowed = MostGrowthMiB + (isSliding ? 0 : perHour * MostEntryKiB * KiB / MiB);
        var isFlat = growth <= allowed && rows[^1].Reload <= (rows[SettledAfterHours].Reload * MostReloadGrowth) + 1;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the heap grows by {growth:0.000} MiB an hour ({growth * MiB / perHour:0} bytes a chunk), {allowed:0.00} MiB are allowed; a reload takes {rows[SettledAfterHours].Reload:0.00} ms at first and {rows[^1].Reload:0.00} ms at last: {(isFlat ? "flat" : "it grows")}"));
        return isFlat ? 0 : 2;
    }

    /// <summary>The recording program and the viewer.</summary>
    private sealed class Day(HttpClient client, string id, string token, string playlist, byte[] chunk)
    {
        private string _token = token;

        public string Playlist => playlist;

        /// <summary>Bytes of the last reload.</summary>
        public int LastReload { get; private set; }

        /// <returns>Milliseconds that the reload took which showed the chunk.</returns>
        public async Task<double> StepAsync(int index)
        {
            using (var sent = await SendAsync(HttpMethod.Put, $"chunks/{index.ToString(CultureInfo.InvariantCulture)}", new ByteArrayContent(chunk)))
            {
                if (sent.StatusCode != HttpStatusCode.Created) throw new InvalidOperationException($"Chunk {index}: {(int)sent.StatusCode} {await sent.Content.ReadAsStringAsync()}");
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"seg_{index:D5}.mp4");
            while (true)
            {
                var began = TimeProvider.System.GetTimestamp();
                var list = await client.GetStringAsync(playlist + (playlist.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "_HLS_skip=YES");
                var took = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
                LastReload = list.Length;
                if (list.Split('\n').FirstOrDefault(l => l.EndsWith(name, StringComparison.Ordinal)) is not { } line) continue;
                using var segment = await client.GetAsync(new Uri(new Uri(client.BaseAddress!, playlist), line));
                segment.EnsureSuccessStatusCode();
                return took;
            }
        }

        /// <summary>Reads the whole playlist and keeps nothing of it: the heap that is measured is the gateway's.</summary>
        /// <returns>Bytes.</returns>
        public async Task<long> ReadWholeAsync()
        {
            await using var body = await client.GetStreamAsync(playlist);
            var buffer = new byte[64 << 10];
            var bytes = 0L;
            for (int read; (read = await body.ReadAsync(buffer)) > 0;) bytes += read;
            return bytes;
        }

        public async Task RenewAsync()
        {
            using var renewed = await SendAsync(HttpMethod.Post, "token", null);
            _token = (await renewed.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        }

        private Task<HttpResponseMessage> SendAsync(HttpMethod method, string what, HttpContent? content)
        {
            var request = new HttpRequestMessage(method, $"/stream_sessions/{id}/{what}") { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
            return client.SendAsync(request);
        }
    }
}
