using System.Diagnostics;

namespace Gateway.FunctionalTests.Common;

/// <summary>A gateway in a process of its own, which can be killed.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;

    private readonly List<string> _output;

    private GatewayProcess(Process process, List<string> output, Uri url)
    {
        (_process, _output) = (process, output);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = url, Timeout = Patience.Deadline };
    }

    public HttpClient Client { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has said so far, to both streams.</summary>
    public string[] Output
    {
        get
        {
            lock (_output) return [.. _output];
        }
    }

    public static Task<GatewayProcess> StartAsync(Uri origin, params string[] knobs) => StartAsync(null, origin, knobs);

    /// <param name="cage">Memory limit of the process; null for none.</param>
    internal static async Task<GatewayProcess> StartAsync(MemoryCage? cage, Uri origin, params string[] knobs)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Gateway.dll");
        string[] launch = cage is null ? ["dotnet"] : cage.Launch("dotnet");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                launch[0],
                [.. launch[1..], program, "--urls", "http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}", "--Gateway:Telemetry:Events=Off", "--Gateway:Warmup:Limit=00:00:00", $"--Gateway:Player:TitlesFile={Path.Combine(AppContext.BaseDirectory, "titles.json")}", .. Patience.Knobs, .. knobs])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        cage?.Limit(process.StartInfo.Environment);
        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new List<string>();
        var open = 2;
        void Hear(string? line)
        {
            if (line is null)
            {
                // Both streams have ended, so that all it had to say is here.
                if (Interlocked.Decrement(ref open) > 0) return;
                lock (output) listens.TrySetException(new InvalidOperationException($"The gateway ended: {string.Join('\n', output)}"));
                return;
            }

            lock (output) output.Add(line);
            const string mark = "Now listening on: ";
            var at = line.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0) listens.TrySetResult(new Uri(line[(at + mark.Length)..].Trim()));
        }

        process.ErrorDataReceived += (_, e) => Hear(e.Data);
        process.OutputDataReceived += (_, e) => Hear(e.Data);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            return new GatewayProcess(process, output, await listens.Task.WaitAsync(Patience.Deadline, TestContext.Current.CancellationToken));
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Kills the process by SIGKILL: it writes nothing and reports nothing.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
