using System.Diagnostics;

namespace Gateway.FunctionalTests.Local;

/// <summary>One of the programs as a process of its own, as <c>dotnet run</c> starts it.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly CancellationTokenSource _deadline = new(Deadline, TimeProvider.System);

    private ProgramProcess(Process process) => _process = process;

    /// <param name="program">Its assembly, for example <c>Local.dll</c>.</param>
    /// <param name="arguments">Of the program.</param>
    public static ProgramProcess Start(string program, params string[] arguments) => StartIn(null, program, arguments);

    /// <param name="temporary">Its folder for temporary files, and that of all that it starts; null for the usual.</param>
    /// <param name="program">Its assembly.</param>
    /// <param name="arguments">Of the program.</param>
    public static ProgramProcess StartIn(string? temporary, string program, params string[] arguments)
    {
        // A shell that starts the tests in the background makes them ignore Ctrl-C, and children inherit that; a terminal does not.
        var start = OperatingSystem.IsLinux() ? new ProcessStartInfo("env", ["--default-signal=INT", "dotnet"]) : new ProcessStartInfo("dotnet");
        if (temporary is not null) start.Environment["TMPDIR"] = temporary;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new ProgramProcess(Process.Start(start)!);
    }

    /// <summary>Its output until it is ready.</summary>
    public async Task<string[]> UntilReadyAsync()
    {
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(_deadline.Token) is { } line)
        {
            lines.Add(line);
            if (line == "Ready") return [.. lines];
        }

        Assert.Fail($"It ended before it was ready: {string.Join('\n', lines)} {await _process.StandardError.ReadToEndAsync(_deadline.Token)}");
        return [];
    }

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(_deadline.Token);
    }

    /// <summary>Waits for the end of the process.</summary>
    public async Task<(int Code, string Errors)> EndAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync(_deadline.Token);
        await _process.StandardOutput.ReadToEndAsync(_deadline.Token);
        await _process.WaitForExitAsync(_deadline.Token);
        return (_process.ExitCode, await errors);
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _deadline.Dispose();
        return ValueTask.CompletedTask;
    }
}
