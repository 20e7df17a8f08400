using Gateway.Testing;

namespace Gateway.FunctionalTests.Live;

/// <summary>What is sent comes out: judged by ffmpeg, which counts the frames.</summary>
public sealed class LivePlayTests
{
    private const int Chunks = 6;
    private const int FramesOfAChunk = 50;

    [Fact]
    public async Task Chunks_SentInOrder_PlayWithAllTheirFrames()
    {
        var recorded = await RecordedChunks.OfAsync(Chunks);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        await stream.LoadAsync();
        Assert.Empty(stream.Judge.Entries);
        for (var i = 0; i < recorded.Count; i++)
        {
            var reply = await stream.SendAsync(i, recorded[i]);
            Assert.Equal(2, reply.GetProperty("duration_sec").GetDouble(), 1);
            await stream.UntilAsync(i + 1);
        }

        await stream.EndAsync();
        await stream.UntilEndAsync();
        Assert.Equal(0, stream.Judge.Gaps);
        Assert.Equal(recorded.Count * FramesOfAChunk, await FramesAsync(host.Gateway.Url, stream.Playlist));
    }

    [Fact]
    public async Task Chunks_SentInReverseWithinWindowsAndTwice_PlayWithAllTheirFrames()
    {
        var recorded = await RecordedChunks.OfAsync(Chunks);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        foreach (var index in new[] { 2, 1, 0, 5, 4, 3, 0, 3, 5 })
        {
            await stream.SendAsync(index, recorded[index]);
            await stream.LoadAsync();
        }

        await stream.EndAsync();
        await stream.UntilEndAsync();
        Assert.Equal(0, stream.Judge.Gaps);
        Assert.Equal(Chunks * FramesOfAChunk, await FramesAsync(host.Gateway.Url, stream.Playlist));
    }

    [Fact]
    public async Task Chunk_ThatNeverCame_IsAGapAndTheRestPlays()
    {
        var recorded = await RecordedChunks.OfAsync(Chunks);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:GapAfter=00:00:01");
        var stream = await host.CreateAsync();
        foreach (var index in new[] { 0, 1, 3, 4 }) await stream.SendAsync(index, recorded[index]);
        await stream.UntilAsync(5);
        await stream.EndAsync();
        await stream.UntilEndAsync();
        Assert.Equal(1, stream.Judge.Gaps);
        Assert.Contains("#EXT-X-GAP", stream.Judge.Entries[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_FollowedByFfmpegWhileItGrows_PlaysToItsEnd()
    {
        var recorded = await RecordedChunks.OfAsync(Chunks);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:TargetDuration=2");
        var stream = await host.CreateAsync();
        await stream.SendAsync(0, recorded[0]);
        await stream.UntilAsync(1);
        var watching = FramesAsync(host.Gateway.Url, stream.Playlist);
        for (var i = 1; i < Chunks; i++)
        {
            await stream.SendAsync(i, recorded[i]);
            await stream.UntilAsync(i + 1);
        }

        await stream.EndAsync();
        // A live player may begin up to three segments before the end that it finds; from there on it sees every frame.
        Assert.InRange(await watching, 3 * FramesOfAChunk, Chunks * FramesOfAChunk);
    }

    /// <summary>Frames of the picture that ffmpeg decodes, errors not allowed.</summary>
    internal static async Task<int> FramesAsync(Uri gateway, string playlist)
    {
        var counted = await Ffmpeg.ProbeAsync("-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", new Uri(gateway, playlist).ToString());
        return int.Parse(counted.Trim().Split('\n')[0].Trim(','), System.Globalization.CultureInfo.InvariantCulture);
    }
}
