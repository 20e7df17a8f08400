using System.Net;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>What the origin refuses is not made from its source instead.</summary>
public sealed class RefusedTitleTests : IAsyncLifetime
{
    private readonly string _library = Directory.CreateTempSubdirectory("refused-").FullName;

    public async ValueTask InitializeAsync() => await Ffmpeg.RunAsync("-f", "lavfi", "-i", "sine=440:d=6", Path.Combine(_library, "sound.wav"));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, true)]
    [InlineData(410, true)]
    public async Task Manifest_ThatTheOriginRefuses_IsNotMade(int status, bool isMade)
    {
        await using var host = await GatewayWithTranscoder.StartAsync(_library);
        await host.PutFaultAsync(new { kind = "status", path = "/sound.wav/**", status });
        using var answer = await host.Client.GetAsync("/play/sound.wav/manifest.mpd");

        Assert.Equal(isMade, answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(isMade ? 1 : 0, host.Asked("POST", "/transcode/start"));
    }
}
