using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Gateway.Benchmarks.Peers;

/// <summary>A server that is measured: on the servers' core, with what its process and those that it started have used of it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Servers have the first core, the client and the origin the second.</summary>
    public const int Core = 0;

    /// <summary>Linux counts processor time for other programs in hundredths of a second.</summary>
    private const double Tick = 0.01;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public static async Task<ServerProcess> StartAsync(int core, int port, params string[] command)
    {
        var process = Process.Start(new ProcessStartInfo("taskset", ["-c", core.ToString(CultureInfo.InvariantCulture), .. command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = new Queue<string>();
        void Hear(object _, DataReceivedEventArgs line)
        {
            lock (said)
            {
                if (line.Data is null) return;
                said.Enqueue(line.Data);
                if (said.Count > 20) said.Dequeue();
            }
        }

        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerProcess(process);
        var began = TimeProvider.System.GetTimestamp();
        while (!await ListensAsync(port))
        {
            if (process.HasExited || TimeProvider.System.GetElapsedTime(began) > s_patience)
            {
                await server.DisposeAsync();
                lock (said) throw new InvalidOperationException($"{string.Join(' ', command)} does not listen: {string.Join('\n', said)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        return server;
    }

    /// <summary>User and system time of the process and its children, in seconds.</summary>
    public double ProcessorTime()
    {
        double sum = 0;
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || Fields(pid) is not { } fields) continue;
            if (pid == _process.Id || int.Parse(fields[1], CultureInfo.InvariantCulture) == _process.Id) sum += fields[11..13].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) * Tick;
        }

        return sum;
    }

    /// <summary>Resident memory of the process, in bytes.</summary>
    public long Resident() => long.Parse(File.ReadAllText($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // By its own signal, so that a server takes its children along.
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System));
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The fields of /proc/PID/stat behind the command's name: 1 is the parent, 11 and 12 the times.</summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
