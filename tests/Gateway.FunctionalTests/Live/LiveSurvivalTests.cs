using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Live;

/// <summary>Gateway and transcoder are killed while a stream is being uploaded: nothing that was confirmed is lost, and nobody sees the playlist go back.</summary>
public sealed class LiveSurvivalTests : IDisposable
{
    private const int Chunks = 16;
    private const int FramesOfAChunk = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("live-survival-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Stream_WhoseGatewayAndTranscoderAreKilled_PlaysWithAllItsFrames()
    {
        var recorded = await RecordedChunks.OfAsync(Chunks);
        await using var transcoder = new TranscoderProcess();
        await transcoder.StartAsync();
        var port = LiveHost.FreePort();
        var gateway = await StartAsync(transcoder, port);
        try
        {
            var stream = await StreamUploader.CreateAsync(gateway.Client);
            for (var i = 0; i < Chunks; i++)
            {
                // Uploaded in reverse within windows of four, some twice.
                var index = (i / 4 * 4) + 3 - (i % 4);
                var upload = stream.SendAsync(index, recorded[index]);
                if (i % 5 == 4)
                {
                    // In the middle of the upload, or of the making of what came before.
                    await gateway.KillAsync();
                    await gateway.DisposeAsync();
                    gateway = await StartAsync(transcoder, port);
                    stream.Client = gateway.Client;
                    await ConfirmedAsync(stream, index, recorded[index], upload);
                }
                else if (i % 5 == 2)
                {
                    // Back before the upload has to be through: while it is away, a full queue takes nothing.
                    await transcoder.KillAsync();
                    await transcoder.StartAsync();
                    await upload;
                }
                else
                {
                    await upload;
                }

                if (i % 3 == 0) await stream.SendAsync(index, recorded[index]);
                await stream.LoadAsync();
            }

            await stream.EndAsync();
            await stream.UntilEndAsync();
            Assert.Equal(0, stream.Judge.Gaps);
            Assert.Equal(Chunks * FramesOfAChunk, await LivePlayTests.FramesAsync(gateway.Client.BaseAddress!, stream.Playlist));
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }

    /// <summary>An upload whose gateway died is sent again; confirmed or not, the chunk is there once.</summary>
    private static async Task ConfirmedAsync(StreamUploader stream, int index, byte[] chunk, Task upload)
    {
        try
        {
            await upload;
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            // Its client went with its gateway.
        }

        await stream.SendAsync(index, chunk);
    }

    private Task<GatewayProcess> StartAsync(TranscoderProcess transcoder, int port) => GatewayProcess.StartAsync(
        new Uri($"{transcoder.Url}/"),
        [.. LiveHost.KnobsFor(_folder, transcoder.Url, port), "--urls", $"http://127.0.0.1:{port}", $"--Gateway:Access:TicketKeys:0=k1:{new string('a', 64)}"]);
}
