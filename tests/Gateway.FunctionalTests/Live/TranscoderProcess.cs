using System.Diagnostics;
using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Live;

/// <summary>A transcoder in a process of its own, which can be killed and comes back at the same address.</summary>
internal sealed class TranscoderProcess : IAsyncDisposable
{
    private readonly int _port = LiveHost.FreePort();
    private readonly string _folder = Directory.CreateTempSubdirectory("transcoder-").FullName;
    private Process? _process;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "TranscoderStub.dll"), "--urls", Url, $"--Transcoder:Store:Path={_folder}", "--Transcoder:Store:FreeSpaceFloor=0"])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new HttpClient();
        await Patience.UntilAsync(async () =>
        {
            Assert.False(_process.HasExited, "The transcoder ended.");
            try
            {
                return (await client.GetAsync($"{Url}/healthz")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    /// <summary>By SIGKILL, with the encoders that it runs.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
