using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Local;

namespace Gateway.FunctionalTests.Load;

/// <summary>The load tester in a process and a folder for temporary files of its own, by which everything that it starts and leaves is known.</summary>
internal sealed class TesterProcess : IAsyncDisposable
{
    /// <summary>The runtime's own, which a process that is killed leaves behind.</summary>
    private static readonly string[] s_runtime = ["clr-debug-pipe-", "dotnet-diagnostic-"];

    private readonly string _folder;
    private readonly ProgramProcess _process;

    private TesterProcess(string folder, ProgramProcess process) => (_folder, _process) = (folder, process);

    public static TesterProcess Start(params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("tester-").FullName;
        // PostgreSQL runs as a user of its own, and in here.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        // Gateways that start quickly: what they do is not what is looked at.
        return new TesterProcess(folder, ProgramProcess.StartIn(folder, "Gateway.Load.dll", [.. arguments, "--quiet", "--knob", "Gateway:Warmup:Limit=00:00:00"]));
    }

    public Task SignalAsync(string name) => _process.SignalAsync(name);

    public Task<(int Code, string Errors)> EndAsync() => _process.EndAsync();

    /// <summary>Command lines of what runs because of it, itself included.</summary>
    public List<string> Running() => [.. Processes().Select(static p => p.Command)];

    private List<(int Id, string Command)> Processes()
    {
        var running = new List<(int Id, string Command)>();
        foreach (var process in Directory.GetDirectories("/proc").Where(static d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            var command = Text(process, "cmdline");
            if (Text(process, "environ").Contains(_folder, StringComparison.Ordinal) || command.Contains(_folder, StringComparison.Ordinal)) running.Add((int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture), command.Replace('\0', ' ')));
        }

        return running;
    }

    /// <summary>Waits until nothing of it runs any more, and returns the names of what it left in its folder.</summary>
    public async Task<List<string>> LeftAsync()
    {
        await Patience.UntilAsync(() => Task.FromResult(Running().Count == 0), () => $"Still there: {string.Join('\n', Running())}");
        return [.. Directory.GetFileSystemEntries(_folder).Select(static e => Path.GetFileName(e)!).Where(static name => !s_runtime.Any(r => name.StartsWith(r, StringComparison.Ordinal)))];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        // Of a test that failed. What is killed may still write for a moment.
        foreach (var (id, _) in Processes()) Kill(id);
        await Patience.UntilAsync(() => Task.FromResult(Processes().Count == 0));
        Directory.Delete(_folder, recursive: true);
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Empty when the process has ended or is somebody else's.</summary>
    private static string Text(string process, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
