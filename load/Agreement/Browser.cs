using System.Diagnostics;

namespace Gateway.Load.Agreement;

/// <summary>One headless Chromium with a profile of its own and one page. Ended with everything it started.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // No sandbox: continuous integration runs as root. A page that nobody looks at is otherwise slowed down by the browser itself.
    private static readonly string[] s_arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--mute-audio", "--autoplay-policy=no-user-gesture-required", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows", "--disable-extensions", "--remote-debugging-port=0",
    ];

    private readonly Process _process;
    private readonly string _profile;

    private Browser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Opens a page.</summary>
    /// <exception cref="FileNotFoundException">There is no Chromium.</exception>
    public static Browser Open(Uri page)
    {
        var program = s_places.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"There is no Chromium (Debian package chromium); looked for {string.Join(", ", s_places)}.");
        var profile = Directory.CreateTempSubdirectory("agreement-").FullName;
        var start = new ProcessStartInfo(program, [.. s_arguments, $"--user-data-dir={profile}", page.AbsoluteUri]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        // What nobody reads would fill the pipe and stop the browser.
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new Browser(process, profile);
    }

    /// <summary>Blocks no thread: links of other recordings live on the same few.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        }

        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A child of the browser may still be writing; the folder is in the temporary directory.
        }
    }
}
