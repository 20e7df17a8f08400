using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Prometheus' own check of scrapes, rules and configurations (Debian package <c>prometheus</c>).</summary>
public static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    /// <summary>Skips the test where promtool is missing.</summary>
    public static void SkipIfMissing()
    {
        if (!File.Exists(Program)) Assert.Skip("promtool (Debian package prometheus) is not installed");
    }

    /// <summary>Runs promtool.</summary>
    /// <param name="input">Its standard input; null closes that at once.</param>
    /// <param name="arguments">Its command line.</param>
    /// <returns>Exit code, 0 for no finding, and all of both outputs.</returns>
    public static async Task<(int Exit, string Output)> RunAsync(string? input, params string[] arguments)
    {
        using var promtool = Process.Start(new ProcessStartInfo(Program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var output = Task.WhenAll(promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        if (input is not null) await promtool.StandardInput.WriteAsync(input);
        promtool.StandardInput.Close();
        try
        {
            await promtool.WaitForExitAsync().WaitAsync(Deadline);
        }
        finally
        {
            if (!promtool.HasExited) promtool.Kill();
        }

        return (promtool.ExitCode, string.Concat(await output));
    }
}
