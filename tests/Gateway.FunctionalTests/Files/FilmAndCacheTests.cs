using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Files;

/// <summary>A film goes through the cache in slices; it is sixteen times as large as the cache, and the segments that others watch are still there after it.</summary>
public sealed class FilmAndCacheTests
{
    private const long FilmLength = 1L << 30;
    private const int SegmentLength = 1 << 20;
    private const int Segments = 12;

    /// <param name="retention">With one that outlasts the test new slices are as safe as the segments are; with none, only the order of eviction keeps these.</param>
    [Theory]
    [InlineData("01:00:00")]
    [InlineData("00:00:00")]
    public async Task Film_ReadWholeByOneViewer_LeavesTheSegmentsOfOtherTitlesInTheCache(string retention)
    {
        var segments = Enumerable.Range(1, Segments).Select(i => $"/hot/v360/seg_{i:00000}.m4s").ToArray();
        await using var origin = await FileOrigin.StartAsync([("/film/direct.mp4", FilmLength, "video/mp4"), .. segments.Select(s => (s, (long)SegmentLength, (string?)"video/mp4"))]);
        await using var fixture = await GatewayWithStub.StartAtAsync(
            origin.Url, $"--Gateway:Cache:MaxBytes={64L << 20}", $"--Gateway:Cache:MinRetention={retention}", "--Gateway:Cache:TrimInterval=00:00:00.1", "--Gateway:Prefetch:Segments=0");
        foreach (var segment in segments) Assert.Equal("origin", await SourceOfAsync(fixture, segment));
        foreach (var segment in segments) Assert.Equal("cache", await SourceOfAsync(fixture, segment));

        var url = (await CreateAsync(fixture.Client, new { mediaId = "film" })).GetProperty("directUrl").GetString();
        using (var film = await fixture.Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await film.Content.ReadAsStreamAsync();
            var (piece, read) = (new byte[1 << 20], 0L);
            while (await body.ReadAsync(piece) is > 0 and var count) read += count;
            Assert.Equal(FilmLength, read);
        }

        Assert.InRange(origin.Sent, FilmLength, FilmLength + (FilmLength / 10));
        foreach (var segment in segments) Assert.Equal((segment, "cache"), (segment, await SourceOfAsync(fixture, segment)));
        Assert.All(segments, s => Assert.Single(origin.Asked, a => a == $"GET {s}"));
    }

    private static async Task<string> SourceOfAsync(GatewayWithStub fixture, string segment)
    {
        using var answer = await fixture.Client.GetAsync($"/play{segment}");
        Assert.Equal(SegmentLength, (await answer.Content.ReadAsByteArrayAsync()).Length);
        return answer.Headers.GetValues("X-Served-From").Single();
    }
}
