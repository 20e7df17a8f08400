using System.Net;
using System.Net.Sockets;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;

namespace Gateway.FunctionalTests.Live;

/// <summary>A gateway with live ingest and a transcoder, each on a loopback port, with a folder of its own.</summary>
internal sealed class LiveHost : IAsyncDisposable
{
    private readonly string _library;
    private readonly bool _keepsFolder;

    private LiveHost(JustInTimeHost transcoder, GatewayWithStub gateway, string folder, string library, bool keepsFolder)
    {
        Transcoder = transcoder;
        Gateway = gateway;
        Folder = folder;
        _library = library;
        _keepsFolder = keepsFolder;
    }

    public JustInTimeHost Transcoder { get; }

    public GatewayWithStub Gateway { get; }

    public HttpClient Client => Gateway.Client;

    public string Folder { get; }

    public static Task<LiveHost> StartAsync(params string[] knobs) => StartAsync(null, null, knobs);

    /// <param name="folder">Of another host before; null for a new one.</param>
    /// <param name="clock">The gateway's; null for the machine's.</param>
    /// <param name="knobs">Of the gateway.</param>
    public static async Task<LiveHost> StartAsync(string? folder, TimeProvider? clock, params string[] knobs)
    {
        var library = Directory.CreateTempSubdirectory("live-library-").FullName;
        var transcoder = await JustInTimeHost.StartAsync(library);
        var own = folder ?? Directory.CreateTempSubdirectory("live-").FullName;
        var port = FreePort();
        var gateway = await GatewayWithStub.StartAtAsync($"{transcoder.Url}/", clock, [.. KnobsFor(own, transcoder.Url, port), "--urls", $"http://127.0.0.1:{port}", .. knobs]);
        return new LiveHost(transcoder, gateway, own, library, folder is not null);
    }

    /// <summary>What a gateway needs for live ingest.</summary>
    public static string[] KnobsFor(string folder, string transcoder, int port) =>
    [
        "--Gateway:Live:Enabled=true", $"--Gateway:Live:Folder={folder}", "--Gateway:Live:CallTimeout=00:03:00", "--Gateway:Live:UploadTimeout=00:03:00",
        $"--Gateway:Transcoder:Url={transcoder}/", $"--Gateway:Transcoder:SourceBaseUrl=http://127.0.0.1:{port}/",
    ];

    /// <summary>The transcoder has to be told the port before the gateway listens on it.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public Task<StreamUploader> CreateAsync(object? body = null) => StreamUploader.CreateAsync(Client, body);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Transcoder.DisposeAsync();
        Directory.Delete(_library, recursive: true);
        if (!_keepsFolder) Directory.Delete(Folder, recursive: true);
    }
}
