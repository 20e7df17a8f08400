using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Prometheus' own judge of scrapes, rules and configurations (Debian package <c>prometheus</c>).</summary>
public static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    /// <summary>Skips the test where there is no judge.</summary>
    public static void SkipIfMissing()
    {
        if (!File.Exists(Program)) Assert.Skip("promtool (Debian package prometheus) is not installed");
    }

    /// <summary>Lets it judge.</summary>
    /// <param name="input">What it reads from standard input; null closes it at once.</param>
    /// <param name="arguments">Its command line.</param>
    /// <returns>0 for nothing to blame, and all that it said on both outputs.</returns>
    public static async Task<(int Exit, string Said)> RunAsync(string? input, params string[] arguments)
    {
        using var promtool = Process.Start(new ProcessStartInfo(Program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var said = Task.WhenAll(promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
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

        return (promtool.ExitCode, string.Concat(await said));
    }
}
