using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Gateway.Load.Targets;

/// <summary>A program that a run started and ends again, or that ends with it (<see cref="OrphanCleanup"/>). What it says last is kept, so that a start that failed can be explained.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int MostSaid = 4000;

    /// <summary>A busy machine takes long for anything.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Hear(e.Data);
        process.ErrorDataReceived += (_, e) => Hear(e.Data);
    }

    /// <summary>Also when it has ended.</summary>
    public int Id { get; private init; }

    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it wrote.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString().Trim();
        }
    }

    /// <exception cref="IOException">There is no such program.</exception>
    public static ChildProcess Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception missing)
        {
            process.Dispose();
            throw new IOException($"{program} could not be started ({missing.Message}). Debian has it in the package of that name.", missing);
        }

        var child = new ChildProcess(process) { Id = process.Id };
        OrphanCleanup.KillIfLeft(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="IOException">It is missing, or failed; the message has what it said.</exception>
    public static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        await using var child = Start(program, arguments, new Dictionary<string, string>(StringComparer.Ordinal));
        await child._process.WaitForExitAsync().WaitAsync(s_patience);
        if (child._process.ExitCode != 0) throw new IOException($"{program} {string.Join(' ', arguments)} failed: {child.Said}");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    /// <summary>SIGTERM: it may finish what it does.</summary>
    public void Terminate()
    {
        if (_process.HasExited) return;
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said)
        {
            _said.AppendLine(line);
            if (_said.Length > MostSaid) _said.Remove(0, _said.Length - MostSaid);
        }
    }
}
