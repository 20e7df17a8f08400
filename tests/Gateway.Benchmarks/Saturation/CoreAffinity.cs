using System.Diagnostics;
using System.Globalization;

namespace Gateway.Benchmarks.Saturation;

/// <summary>Which cores a process may use.</summary>
internal static class CoreAffinity
{
    /// <summary>Moves all threads of a process; those that come later have the cores of the one that starts them.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="cores">As taskset(1) takes them.</param>
    public static async Task MoveAsync(int process, string cores)
    {
        using var move = Process.Start(new ProcessStartInfo("taskset", ["-a", "-p", "-c", cores, process.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await move.StandardOutput.ReadToEndAsync();
        await move.WaitForExitAsync();
        if (move.ExitCode != 0) throw new InvalidOperationException($"taskset ended with {move.ExitCode}.");
    }
}
