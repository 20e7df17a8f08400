using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>Ranges, HEAD and conditions on media, cold and held: both must give the same.</summary>
public sealed class RangeTests
{
    [Theory]
    [InlineData("bytes=0-99", 206, 0, 100)]
    [InlineData("bytes=100-", 206, 100, -1)]
    [InlineData("bytes=-50", 206, -50, 50)]
    [InlineData("bytes=0-9007199254740991", 206, 0, -1)]
    [InlineData("bytes=0-0,5-9", 200, 0, -1)]
    [InlineData("nonsense", 200, 0, -1)]
    public async Task Range_ColdAndHeld_GivesTheSameBytes(string range, int status, int offset, int count)
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Prefetch:Segments=0");
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var whole = await fixture.Client.GetByteArrayAsync(new Uri(fixture.StubUrl, "/demo/v720/seg_00001.m4s"));
        var start = offset < 0 ? whole.Length + offset : offset;
        var wanted = count < 0 ? whole.Length - start : count;
        for (var round = 0; round < 2; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[0]);
            request.Headers.TryAddWithoutValidation("Range", range);
            using var answer = await fixture.Client.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("bytes", answer.Headers.AcceptRanges.Single());
            Assert.Equal(whole.AsSpan(start, wanted).ToArray(), await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal(wanted, answer.Content.Headers.ContentLength);
            if (status == 206) Assert.Equal($"bytes {start}-{start + wanted - 1}/{whole.Length}", answer.Content.Headers.ContentRange?.ToString());
        }
    }

    [Fact]
    public async Task Range_BehindTheEnd_Is416WithTheLength()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        for (var round = 0; round < 2; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[0]);
            request.Headers.TryAddWithoutValidation("Range", "bytes=99999999-");
            using var answer = await fixture.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
            Assert.StartsWith("bytes */", answer.Content.Headers.ContentRange?.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Head_AnyMediaRoute_HasTheHeadersOfGet()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        foreach (var url in new[] { new Uri(fixture.Url, "/play/demo/master.m3u8"), viewer.Variant, viewer.Segments[0] })
        {
            using var cold = await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
            using var get = await fixture.Client.GetAsync(url);
            using var held = await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
            foreach (var head in new[] { cold, held })
            {
                Assert.Equal(HttpStatusCode.OK, head.StatusCode);
                Assert.Empty(await head.Content.ReadAsByteArrayAsync());
                Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
                Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
                Assert.Equal(get.Headers.ETag, head.Headers.ETag);
            }
        }
    }

    [Fact]
    public async Task Conditions_UnchangedMedia_Is304AndAStaleRangeIsWhole()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        using var first = await fixture.Client.GetAsync(viewer.Segments[0]);

        using var byTag = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[0]);
        byTag.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await fixture.Client.SendAsync(byTag);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var byDate = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[0]);
        byDate.Headers.IfModifiedSince = first.Content.Headers.LastModified;
        using var unchangedSince = await fixture.Client.SendAsync(byDate);
        Assert.Equal(HttpStatusCode.NotModified, unchangedSince.StatusCode);

        using var stale = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[0]);
        stale.Headers.TryAddWithoutValidation("Range", "bytes=0-9");
        stale.Headers.TryAddWithoutValidation("If-Range", "\"another-version\"");
        using var whole = await fixture.Client.SendAsync(stale);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
    }
}
