using System.Globalization;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Chunks that are longer than the way to the next one: what a chunk repeats sounds as in the next, and what its headers call playable joins to the source.</summary>
public sealed class OverlapTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private const int Rate = 48_000, Stride = 10 * Rate, Overlap = 5 * Rate;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chunks_OfFifteenSecondsEveryTen_JoinWhereTheirHeadersSay(bool backwards)
    {
        string[] apart = ["--Transcoder:Encoding:Ahead=00:00:00", "--Transcoder:Encoding:JoinAhead=00:00:00"];
        await using var host = await JustInTimeHost.StartAsync(media.Folder, backwards ? apart : []);
        var track = (await host.SendAsync(HttpMethod.Get, "/jit/long48.flac/webm_10_5/track.json")).Body;
        Assert.Equal((10, 10, 5), (track.GetProperty("totalChunks").GetInt32(), track.GetProperty("chunkSeconds").GetDouble(), track.GetProperty("overlapSeconds").GetDouble()));
        var chunks = new short[10][];
        foreach (var n in backwards ? Enumerable.Range(0, 10).Reverse() : Enumerable.Range(0, 10)) chunks[n] = await FetchAsync(host, n);

        var whole = media.In($"{Guid.NewGuid():N}.wav");
        await Ffmpeg.RunAsync("-i", media.In("long48.flac"), whole);
        var source = await MadeRendition.DecodeAsync(whole, media.Folder);

        // A decoder that begins here needs 80 ms to settle (RFC 7845 section 4.6): that is what the chunk before is longer for.
        const int Settled = Rate / 10;
        for (var n = 0; n < 10; n++)
        {
            var from = n == 0 ? 0 : Settled;
            Assert.InRange(BorderTests.SignalToDifference(chunks[n].AsSpan(from), source.AsSpan((n * Stride) + from), 0), 15, double.PositiveInfinity);
            if (n == 9) continue;
            var shared = Math.Min(Overlap, chunks[n + 1].Length);
            Assert.InRange(BorderTests.SignalToDifference(chunks[n].AsSpan(Stride + Settled, shared - Settled), chunks[n + 1].AsSpan(Settled, shared - Settled), 0), 12, double.PositiveInfinity);
        }

        // As a player joins them: cut at the playable end, crossed over where both have settled.
        var joined = new List<short>(chunks[0].AsSpan(0, Stride + Settled).ToArray());
        for (var n = 1; n < 10; n++) joined.AddRange(chunks[n].AsSpan(Settled, Math.Min(Stride, chunks[n].Length - Settled)));
        Assert.InRange(joined.Count, source.Length, source.Length + 960);
        Assert.InRange(BorderTests.SignalToDifference(joined.ToArray(), source, 0), 18, double.PositiveInfinity);
    }

    [Theory]
    [InlineData("webm_10_11", 400)]
    [InlineData("webm_10_-1", 400)]
    [InlineData("webm_10", 400)]
    [InlineData("webm_0.1_0", 400)]
    [InlineData("cmaf_10_5", 400)]
    [InlineData("webm_10_5-loud-1", 400)]
    [InlineData("webm_10_5-warm-1", 200)]
    public async Task Settings_OfAnOverlap_AreChecked(string settings, int expected)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);

        Assert.Equal(expected, (await host.SendAsync(HttpMethod.Get, $"/jit/long48.flac/{settings}/track.json")).Status);
        Assert.Equal(0, (await host.WorkAsync()).EncodersStarted);
    }

    private async Task<short[]> FetchAsync(JustInTimeHost host, int chunk)
    {
        using var answer = await host.Client.GetAsync($"/jit/long48.flac/webm_10_5/a192/seg_{chunk + 1:D5}.webm");
        var told = new[] { "X-Start-Sample-Offset", "X-Total-Samples", "X-Playable-Samples", "X-Overlap-Samples" }.Select(h => int.Parse(answer.Headers.GetValues(h).Single(), CultureInfo.InvariantCulture)).ToArray();
        var file = media.In($"{Guid.NewGuid():N}.webm");
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync());
        var samples = await MadeRendition.DecodeAsync(file, media.Folder);

        Assert.Equal((chunk * Stride, samples.Length), (told[0], told[1]));
        Assert.Equal(told[1], told[2] + told[3]);
        if (chunk < 8) Assert.Equal((Stride, Overlap), (told[2], told[3]));
        if (chunk == 9) Assert.Equal(0, told[3]);
        return samples;
    }
}
