using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>A gateway whose origin is a real transcoder with a library: nothing in it is packaged.</summary>
internal sealed class GatewayWithTranscoder : IAsyncDisposable
{
    private readonly JustInTimeHost _transcoder;
    private readonly GatewayWithStub _gateway;

    private GatewayWithTranscoder(JustInTimeHost transcoder, GatewayWithStub gateway)
    {
        _transcoder = transcoder;
        _gateway = gateway;
    }

    public JustInTimeHost Transcoder => _transcoder;

    public GatewayWithStub Gateway => _gateway;

    public HttpClient Client => _gateway.Client;

    /// <param name="library">Folder of media files.</param>
    /// <param name="knobs">Of the gateway.</param>
    public static Task<GatewayWithTranscoder> StartAsync(string library, params string[] knobs) => StartAsync(library, [], knobs);

    /// <param name="library">Folder of media files.</param>
    /// <param name="transcoderKnobs">Of the transcoder.</param>
    /// <param name="knobs">Of the gateway.</param>
    public static async Task<GatewayWithTranscoder> StartAsync(string library, string[] transcoderKnobs, string[] knobs)
    {
        var transcoder = await JustInTimeHost.StartAsync(library, transcoderKnobs);
        return new GatewayWithTranscoder(transcoder, await GatewayWithStub.StartAtAsync($"{transcoder.Url}/", [$"--Gateway:Transcoder:Url={transcoder.Url}/", .. knobs]));
    }

    /// <summary>How many requests of a method, for paths that end so, the transcoder has seen.</summary>
    public int Asked(string method, string ending) => _transcoder.Part<RequestLog>().Snapshot().Count(r => r.Method == method && r.Path.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Ends of transcodes that the transcoder has seen.</summary>
    public int Ends() => _transcoder.Part<RequestLog>().Snapshot().Count(r => r.Method == "DELETE" && r.Path.StartsWith("/transcode/", StringComparison.Ordinal));

    /// <summary>Switches on one fault of the transcoder.</summary>
    public async Task PutFaultAsync(object rule)
    {
        var (status, _, answer) = await _transcoder.SendAsync(HttpMethod.Put, "/_stub/faults", new[] { rule });
        using (answer) Assert.InRange(status, 200, 299);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _transcoder.DisposeAsync();
    }
}
