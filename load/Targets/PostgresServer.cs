using System.Diagnostics;

namespace Gateway.Load.Targets;

/// <summary>
/// A PostgreSQL server of the run's own, in a folder that is deleted with it, on a socket in that folder: a port that is free when it is chosen may be taken when the
/// server binds it. It can be stopped and started again.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Of each tool; a busy machine takes minutes for <c>initdb</c>.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(6);

    private readonly string _tools;
    private readonly string _folder;
    private readonly OrphanCleanup _cleanup;

    private PostgresServer(string tools, string folder)
    {
        _tools = tools;
        _folder = folder;
        var quoted = OrphanCleanup.Quoted(folder);
        // The server is a child of nobody here. It says its number itself, and SIGQUIT ends it at once.
        _cleanup = OrphanCleanup.Note($"pid=$(head -n 1 {quoted}/data/postmaster.pid) && kill -QUIT $pid; for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $pid || break; sleep 1; done; rm -rf {quoted}");
    }

    public string ConnectionString => $"Host={_folder};Username=postgres;Database=postgres;Timeout=60";

    /// <summary>Null when this machine has no PostgreSQL.</summary>
    public static async Task<PostgresServer?> TryStartAsync()
    {
        var tools = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(static d => Path.Combine(d, "bin")).Where(static d => File.Exists(Path.Combine(d, "pg_ctl"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (tools is null) return null;
        var folder = Directory.CreateTempSubdirectory("postgres-").FullName;
        // PostgreSQL refuses to run as root.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", folder);
        var server = new PostgresServer(tools, folder);
        await server.RunToolAsync("initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "postgres", "--no-sync");
        await server.StartAsync();
        return server;
    }

    public Task StartAsync() => RunToolAsync(
        "pg_ctl", "-D", $"{_folder}/data", "-w", "-t", "300", "-l", $"{_folder}/log", "-o", $"-k {_folder} -c listen_addresses='' -c fsync=off", "start");

    /// <summary>Stops the server at once, as when the machine fails: clients are cut off.</summary>
    public Task StopAsync() => RunToolAsync("pg_ctl", "-D", $"{_folder}/data", "-w", "-t", "300", "-m", "immediate", "stop");

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // It was stopped already.
        }

        Directory.Delete(_folder, recursive: true);
        _cleanup.Dispose();
    }

    private Task RunToolAsync(string tool, params string[] arguments) => Environment.IsPrivilegedProcess
        ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(_tools, tool), .. arguments])
        : RunAsync(Path.Combine(_tools, tool), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Output goes nowhere: the server inherits a pipe otherwise, and reading it would not end before the server does.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]) { UseShellExecute = false, WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().WaitAsync(s_patience);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}.");
    }
}
