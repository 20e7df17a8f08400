using System.Diagnostics;

namespace Gateway.FunctionalTests.Local;

/// <summary>The demo as a process of its own, as <c>dotnet run --project deploy/local</c> starts it.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly CancellationTokenSource _deadline = new(Deadline, TimeProvider.System);

    private DemoProcess(Process process) => _process = process;

    public static DemoProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Local.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new DemoProcess(Process.Start(start)!);
    }

    /// <summary>What it says until it is ready.</summary>
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

    /// <summary>Waits for the end.</summary>
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
