using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Benchmarks.Peers;

namespace Gateway.Benchmarks.Starting;

/// <summary>A published gateway in a process of its own, measured from its first moment on.</summary>
internal sealed class PublishedGateway : IAsyncDisposable
{
    private const int Connections = 32;
    private const int First = 10;
    private const int SettlesAfter = 15;
    private const int Last = 20;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly IPEndPoint _address;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _answered;

    private PublishedGateway(Process process, IPEndPoint address) => (_process, _address) = (process, address);

    public static PublishedGateway Start(string folder, Uri origin, string[] knobs, string[] environment)
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var address = (IPEndPoint)port.LocalEndpoint;
        port.Stop();
        var start = new ProcessStartInfo(
            Path.Combine(folder, "Gateway"),
            [$"--urls=http://{address}", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}", "--Gateway:Telemetry:Events=Off", "--Gateway:Access:TicketKeyFile=none", "--Logging:LogLevel:Default=Warning", .. knobs])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in environment) start.Environment[variable[..variable.IndexOf('=')]] = variable[(variable.IndexOf('=') + 1)..];
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new PublishedGateway(process, address);
    }

    public async Task<StartFigures> MeasureAsync()
    {
        while (!await IsReadyAsync()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var ready = Since(_started).TotalSeconds;
        var resident = long.Parse(File.ReadAllText(Proc("statm")).Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1048576.0;

        var began = TimeProvider.System.GetTimestamp();
        using var viewer = await HttpReader.ConnectAsync(Url);
        using var list = new MemoryStream();
        await viewer.AskAsync(HttpReader.RequestFor(new Uri(Url, "/play/film/master.m3u8")), list);
        var playlist = Since(began).TotalMilliseconds;
        var line = Encoding.UTF8.GetString(list.ToArray()).Split('\n').First(line => line.Contains(".m4s", StringComparison.Ordinal));
        var segment = HttpReader.RequestFor(new Uri(new Uri(Url, "/play/film/master.m3u8"), line));
        began = TimeProvider.System.GetTimestamp();
        await viewer.AskAsync(segment);
        var first = Since(began).TotalMilliseconds;

        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, Connections).Select(_ => Task.Run(() => LoadAsync(segment, over.Token))).ToArray();
        var (rates, costs) = (new double[Last], new double[Last]);
        for (var second = 0; second < Last; second++)
        {
            var (before, cost, at) = (Volatile.Read(ref _answered), ProcessorTime(), TimeProvider.System.GetTimestamp());
            await Task.Delay(Second, TimeProvider.System);
            var answered = Volatile.Read(ref _answered) - before;
            rates[second] = answered / Since(at).TotalSeconds;
            costs[second] = (ProcessorTime() - cost) / 1000.0 / Math.Max(1, answered);
        }

        await over.CancelAsync();
        await Task.WhenAll(load);
        return new StartFigures(ready, playlist, first, rates[..First], costs[..First], rates[SettlesAfter..].Average(), costs[SettlesAfter..].Average(), resident);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Uri Url => new($"http://{_address}/");

    private async Task LoadAsync(byte[] segment, CancellationToken over)
    {
        using var viewer = await HttpReader.ConnectAsync(Url);
        while (!over.IsCancellationRequested)
        {
            await viewer.AskAsync(segment);
            Interlocked.Increment(ref _answered);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited || Since(_started) > Patience) throw new InvalidOperationException("The gateway did not start.");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_address);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /health/ready HTTP/1.1\r\nHost: {_address}\r\nConnection: close\r\n\r\n"));
            var answer = new byte[1024];
            return await socket.ReceiveAsync(answer) is > 12 && answer.AsSpan().StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Of all threads, in nanoseconds, as Linux's scheduler keeps it.</summary>
    private long ProcessorTime()
    {
        long sum = 0;
        foreach (var thread in Directory.GetDirectories(Proc("task")))
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

        return sum;
    }

    private string Proc(string name) => $"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/{name}";

    private static TimeSpan Since(long timestamp) => TimeProvider.System.GetElapsedTime(timestamp);
}
