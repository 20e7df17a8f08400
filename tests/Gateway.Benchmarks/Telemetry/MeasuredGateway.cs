using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Benchmarks.Telemetry;

/// <summary>A gateway in a process of its own, a session on it, and connections that request one segment again and again.</summary>
internal sealed class MeasuredGateway : IAsyncDisposable
{
    private const int Connections = 4;
    private const string Mark = "Now listening on: ";

    private readonly Process _process;
    private readonly Uri _url;
    private readonly string _folder;
    private readonly RawViewer[] _viewers = new RawViewer[Connections];

    private MeasuredGateway(Process process, Uri url, string folder)
    {
        _process = process;
        _url = url;
        _folder = folder;
    }

    public static async Task<MeasuredGateway> StartAsync(Uri origin, params string[] knobs)
    {
        var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "--urls", "http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}",
                "--Gateway:Telemetry:Events=Off", .. knobs,
            ])
        { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at) listens.TrySetResult(new Uri(line.Data[(at + Mark.Length)..].Trim()));
        };
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException("A gateway did not start."));
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var url = await listens.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var gateway = new MeasuredGateway(process, url, await OpenAsync(url));
        for (var i = 0; i < Connections; i++) gateway._viewers[i] = await RawViewer.ConnectAsync(url);
        return gateway;
    }

    /// <summary>Sends the requests, and measures the gateway's processor time for them.</summary>
    public async Task<TimeSpan> PlayAsync(int size, int requests)
    {
        var target = $"{_folder}{size}.m4s?CMCD=bl%3D12000%2Cbr%3D3200%2Cd%3D2000%2Cmtp%3D25000%2Cot%3Dv%2Csid%3D%22evening%22%2Csu";
        var before = ProcessorTime();
        await Task.WhenAll(_viewers.Select(viewer => viewer.AskAsync(_url.Authority, target, size, requests / Connections)));
        return ProcessorTime() - before;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in _viewers) viewer.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>
    /// Sum over the threads, in nanoseconds, as Linux's scheduler keeps it: the process's own figure moves in steps of 10 ms.
    /// </summary>
    private TimeSpan ProcessorTime()
    {
        long sum = 0;
        foreach (var thread in Directory.GetDirectories($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/task"))
        {
            try
            {
                sum += long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return TimeSpan.FromTicks(sum / 100);
    }

    /// <summary>Opens a session; returns the folder of its segments, ticket included.</summary>
    private static async Task<string> OpenAsync(Uri url)
    {
        using var client = new HttpClient { BaseAddress = url };
        using var answer = await client.PostAsJsonAsync("/api/v1/playback/sessions", new { mediaId = "film", engine = "segmented" });
        var list = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hlsUrl").GetString()!;
        var path = new Uri(url, list).AbsolutePath;
        return path[..(path.LastIndexOf('/') + 1)];
    }
}
