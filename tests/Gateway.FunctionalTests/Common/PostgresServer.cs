using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateway.FunctionalTests.Common;

/// <summary>A PostgreSQL server of the test's own, on a free loopback port, in a folder that goes with it. Can be stopped and started meanwhile.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _tools;
    private readonly string _folder;
    private readonly int _port;

    private PostgresServer(string tools, string folder, int port)
    {
        _tools = tools;
        _folder = folder;
        _port = port;
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=2";

    /// <summary>Null when this machine has no PostgreSQL.</summary>
    public static async Task<PostgresServer?> TryStartAsync()
    {
        var tools = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "pg_ctl"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (tools is null) return null;
        var folder = Directory.CreateTempSubdirectory("postgres-").FullName;
        // PostgreSQL refuses to run as root.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", folder);
        var server = new PostgresServer(tools, folder, FreePort());
        await server.RunToolAsync("initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "postgres", "--no-sync");
        await server.StartAsync();
        return server;
    }

    public Task StartAsync() => RunToolAsync(
        "pg_ctl", "-D", $"{_folder}/data", "-w", "-t", "60", "-l", $"{_folder}/log", "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start");

    /// <summary>As when the machine goes: clients are cut off.</summary>
    public Task StopAsync() => RunToolAsync("pg_ctl", "-D", $"{_folder}/data", "-w", "-t", "60", "-m", "immediate", "stop");

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // The test left it stopped.
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Task RunToolAsync(string tool, params string[] arguments) => Environment.IsPrivilegedProcess
        ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(_tools, tool), .. arguments])
        : RunAsync(Path.Combine(_tools, tool), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Output goes nowhere: the server inherits a pipe otherwise, and reading it would not end before the server does.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]) { UseShellExecute = false, WorkingDirectory = "/" })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2));
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
