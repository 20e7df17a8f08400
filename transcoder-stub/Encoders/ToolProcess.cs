using System.Diagnostics;
using System.Text;

namespace TranscoderStub.Encoders;

/// <summary>
/// One run of ffmpeg or ffprobe: no shell, an argument list, nothing on its standard input. Whoever disposes it kills it with its children, if it still
/// runs. Not reading <see cref="Output"/> makes the program wait, which is how an encoder is held back.
/// </summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    // Enough for the sentences that tell why; a program that complains about every packet may not fill memory.
    private const int KeptErrors = 4096;

    // What a program needs to run. The rest stays here: the API's key, FFREPORT, and proxies, to which ffmpeg would carry the relay's addresses.
    private static readonly string[] s_environment = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP"];

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ToolProcess(Process process)
    {
        _process = process;
        _errors = TailAsync(process.StandardError);
    }

    public int Id => _process.Id;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="maxBytes">Most memory; 0 for no bound.</param>
    /// <exception cref="TranscodeException">The program cannot be started.</exception>
    public static ToolProcess Start(string path, IEnumerable<string> arguments, long maxBytes = 0)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Except(s_environment, StringComparer.Ordinal).ToList()) start.Environment.Remove(name);
        try
        {
            var process = Process.Start(start)!;
            MemoryLimit.Set(process.Id, maxBytes);
            process.StandardInput.Close();
            return new ToolProcess(process);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new TranscodeException(501, "TRANSCODER_FFMPEG_MISSING", $"{Path.GetFileName(path)} cannot be started.");
        }
    }

    /// <summary>Waits for the end and tells how it ended, with the last words of the program.</summary>
    public async Task<(int Code, string Errors)> EndAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        return (_process.ExitCode, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            await _errors;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            // It ended by itself between the look and the kill.
        }

        _process.Dispose();
    }

    private static async Task<string> TailAsync(StreamReader errors)
    {
        var tail = new StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await errors.ReadAsync(buffer)) > 0)
        {
            tail.Append(buffer, 0, read);
            if (tail.Length > KeptErrors) tail.Remove(0, tail.Length - KeptErrors);
        }

        return tail.ToString();
    }
}
