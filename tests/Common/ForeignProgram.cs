using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Runs an external program to its end, such as npm or node.</summary>
public static class ForeignProgram
{
    /// <param name="folder">Working directory.</param>
    /// <param name="deadline">After this it is killed, with what it has started.</param>
    /// <param name="program">Its name, looked up as a shell would.</param>
    /// <param name="arguments">Given to it as they are.</param>
    /// <returns>Exit code and output; null when the program is missing or was killed.</returns>
    public static async Task<Ending?> RunAsync(string folder, TimeSpan deadline, string program, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(deadline);
        var output = process.StandardOutput.ReadToEndAsync(end.Token);
        var errors = process.StandardError.ReadToEndAsync(end.Token);
        try
        {
            await process.WaitForExitAsync(end.Token);
            return new Ending(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
    }

    /// <summary>Outcome of a program's run.</summary>
    public sealed record Ending(int ExitCode, string Output, string Errors);
}
