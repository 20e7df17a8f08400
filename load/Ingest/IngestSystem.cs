using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Load.Targets;

namespace Gateway.Load.Ingest;

/// <summary>A gateway with live ingest and a transcoder, which is the origin of the titles on demand as well; each in a process of its own. Ends them when disposed.</summary>
internal sealed class IngestSystem : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("load-live-").FullName;
    private readonly List<ChildProcess> _processes = [];

    private readonly OrphanCleanup _cleanup;

    private IngestSystem(string url)
    {
        Url = url;
        _cleanup = OrphanCleanup.Note($"rm -rf {OrphanCleanup.Quoted(_folder)}");
    }

    /// <summary>Of the gateway, without a slash at its end.</summary>
    public string Url { get; }

    /// <exception cref="IOException">Something did not start; the message says what.</exception>
    public static async Task<IngestSystem> StartAsync(IReadOnlyList<string> knobs, TimeProvider time, CancellationToken stop)
    {
        var (gateway, transcoder) = ($"http://127.0.0.1:{FreePort()}", $"http://127.0.0.1:{FreePort()}");
        var system = new IngestSystem(gateway);
        try
        {
            system.Start("TranscoderStub.dll", transcoder, $"--Transcoder:Store:Path={Path.Combine(system._folder, "store")}", "--Transcoder:Store:FreeSpaceFloor=0", "--Logging:LogLevel:Default=Error");
            await system.ReadyAsync($"{transcoder}/healthz", time, stop);
            system.Start("Gateway.dll", gateway,
            [
                .. GatewayKnobs.For(transcoder, []), "--Gateway:Live:Enabled=true", $"--Gateway:Live:Folder={Path.Combine(system._folder, "live")}", $"--Gateway:Transcoder:Url={transcoder}/",
                $"--Gateway:Transcoder:SourceBaseUrl={gateway}/", "--Gateway:Sessions:CreatesPerWindow=100000", .. knobs,
            ]);
            await system.ReadyAsync($"{gateway}/health/ready", time, stop);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _cleanup.Dispose();
    }

    private void Start(string program, string url, params string[] knobs) =>
        _processes.Add(ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, program), "--urls", url, .. knobs], new Dictionary<string, string>(StringComparer.Ordinal)));

    private async Task ReadyAsync(string url, TimeProvider time, CancellationToken stop)
    {
        using var client = new HttpClient();
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < s_patience; await Task.Delay(TimeSpan.FromMilliseconds(100), time, stop))
        {
            if (_processes[^1].HasExited) throw new IOException($"{url} did not start: {_processes[^1].Said}");
            try
            {
                using var answer = await client.GetAsync(new Uri(url), stop);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }

        throw new IOException($"{url} was not ready within a minute.");
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
