using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>A small manifest that would be rewritten to a huge one is refused with a problem first, and the others go on.</summary>
public sealed class ManifestGrowthTests
{
    public static TheoryData<string, string> Hostile() => new()
    {
        { "a variable of 200 KB in every line", $"#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"{new string('x', 200_000)}\"\n" + Repeat("{$a}.ts\n", 10_000) },
        { "values that double", "#EXTM3U\n#EXT-X-DEFINE:NAME=\"v0\",VALUE=\"0123456789\"\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"#EXT-X-DEFINE:NAME=\"v{i}\",VALUE=\"{{$v{i - 1}}}{{$v{i - 1}}}\"\n")) + "{$v60}.ts\n" },
        { "lines of three bytes", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + Repeat("/a\n", 300_000) },
        { "a variable in every rung", $"#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"{new string('x', 200_000)}\"\n" + Repeat("#EXT-X-STREAM-INF:BANDWIDTH=1\n{$a}\n", 5_000) },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task SmallPlaylistThatGrows_IsRefused_AndOthersPlay(string what, string body)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/grows.m3u8", body, contentType = "application/vnd.apple.mpegurl" });
        using var answer = await fixture.Client.GetAsync(new Uri("/play/demo/grows.m3u8", UriKind.Relative));
        var problem = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadGateway, $"{what}: {answer.StatusCode} with {problem.Length} characters");
        Assert.Contains("STREAMING_MANIFEST_", problem, StringComparison.Ordinal);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        Assert.Contains("#EXTINF", await fixture.Client.GetStringAsync(viewer.Variant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifest_MemoryInUse_GetsRetryAfterWhileSmallOnesAreServed()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Manifests:MemoryBytes=1048576");
        var body = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + Repeat("#EXTINF:2,\nsegment.ts\n", 20_000);
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/large.m3u8", body, contentType = "application/vnd.apple.mpegurl" });
        using var answer = await fixture.Client.GetAsync(new Uri("/play/demo/large.m3u8", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("STREAMING_OVERLOADED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8"));
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
