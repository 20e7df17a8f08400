using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Debian's ffmpeg and ffprobe as independent judges of media. A machine without them skips the test, with the reason.</summary>
public static class Ffmpeg
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    /// <summary>Runs <c>ffmpeg</c>; its output is the result, errors fail the test.</summary>
    public static Task<string> RunAsync(params string[] arguments) => ProgramAsync("ffmpeg", ["-hide_banner", "-nostdin", "-loglevel", "error", "-xerror", .. arguments]);

    /// <summary>Runs <c>ffprobe</c>.</summary>
    public static Task<string> ProbeAsync(params string[] arguments) => ProgramAsync("ffprobe", ["-hide_banner", "-loglevel", "error", .. arguments]);

    private static async Task<string> ProgramAsync(string program, string[] arguments)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"{program} is not installed (Debian package ffmpeg).");

        using var process = Process.Start(new ProcessStartInfo(path!, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(s_deadline, TimeProvider.System);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0 && (await errors).Length == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
