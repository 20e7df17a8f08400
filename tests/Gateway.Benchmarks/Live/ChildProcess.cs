using System.Diagnostics;

namespace Gateway.Benchmarks.Live;

/// <summary>A program that is run beside the measurement and ended with it, by its own id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;

    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="hear">Gets each line of its output and of its complaints when it comes.</param>
    public ChildProcess(string program, IEnumerable<string> arguments, Action<string> hear)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, line) => { if (line.Data is not null) hear(line.Data); };
        _process.ErrorDataReceived += (_, line) => { if (line.Data is not null) hear(line.Data); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Task EndedAsync() => _process.WaitForExitAsync();

    /// <summary>Starts a server of this repository on a port and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It does not answer within half a minute.</exception>
    public static async Task<ChildProcess> ServerAsync(string program, string url, string health, params string[] knobs)
    {
        var server = new ChildProcess("dotnet", [Path.Combine(AppContext.BaseDirectory, program), "--urls", url, .. knobs], _ => { });
        using var client = new HttpClient();
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                if ((await client.GetAsync(new Uri(url + health))).IsSuccessStatusCode) return server;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"{program} does not answer at {url}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
