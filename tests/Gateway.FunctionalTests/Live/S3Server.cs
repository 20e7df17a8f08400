using System.Diagnostics;
using System.Globalization;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Live;

/// <summary>An S3-compatible server that others wrote (npm's s3rver), installed by the test that needs it, in a folder that is deleted with it.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    private const string Package = "s3rver@3.7.1";

    private static readonly TimeSpan s_install = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private Process? _process;

    private S3Server(string folder) => _folder = folder;

    public string Endpoint { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LiveHost.FreePort()}");

    /// <summary>The gateway's knobs for a bucket of it.</summary>
    public string[] Knobs => ["--Gateway:Live:S3Bucket=streams", $"--Gateway:Live:S3Endpoint={Endpoint}", "--Gateway:Live:S3AccessKey=S3RVER", "--Gateway:Live:S3SecretKey=S3RVER", "--Gateway:Live:S3Prefix=gateway/"];

    /// <summary>Folder of the bucket's objects.</summary>
    public string Objects => Path.Combine(_folder, "data", "streams", "gateway");

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server(Directory.CreateTempSubdirectory("s3-").FullName);
        var install = await ForeignProgram.RunAsync(server._folder, s_install, "npm", "install", "--no-audit", "--no-fund", "--prefix", server._folder, Package);
        if (install is not { ExitCode: 0 })
        {
            await server.DisposeAsync();
            Assert.Skip($"{Package} cannot be installed from npm.");
        }

        var port = new Uri(server.Endpoint).Port.ToString(CultureInfo.InvariantCulture);
        server._process = Process.Start(new ProcessStartInfo("node",
            [Path.Combine(server._folder, "node_modules", "s3rver", "bin", "s3rver.js"), "-d", Path.Combine(server._folder, "data"), "-a", "127.0.0.1", "-p", port, "--configure-bucket", "streams"])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        using var client = new HttpClient();
        await Patience.UntilAsync(async () =>
        {
            try
            {
                using var answer = await client.GetAsync(server.Endpoint);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return server;
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) _process.Kill(entireProcessTree: true);
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
