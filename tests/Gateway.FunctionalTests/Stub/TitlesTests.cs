using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Gateway.FunctionalTests.Stub;

public sealed class TitlesTests(StubHost stub) : IClassFixture<StubHost>
{
    private const string Segment = "/demo/v720/seg_00001.m4s";

    [Theory]
    [InlineData("/demo/master.m3u8", "application/vnd.apple.mpegurl", "public, max-age=60")]
    [InlineData("/demo/v360/index.m3u8", "application/vnd.apple.mpegurl", "public, max-age=60")]
    [InlineData("/demo/manifest.mpd", "application/dash+xml", "public, max-age=60")]
    [InlineData("/demo/direct.mp4", "video/mp4", "public, max-age=31536000, immutable")]
    [InlineData("/demo/v480/init.mp4", "video/mp4", "public, max-age=31536000, immutable")]
    [InlineData("/demo/a64/seg_00016.m4s", "audio/mp4", "public, max-age=31536000, immutable")]
    [InlineData("/demo-ts/v180/seg_00001.ts", "video/mp2t", "public, max-age=31536000, immutable")]
    public async Task File_Got_SaysTypeLengthValidatorsAndLifetime(string path, string type, string lifetime)
    {
        using var got = await stub.Client.GetAsync(path);
        using var headed = await stub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        var body = await got.Content.ReadAsByteArrayAsync();
        foreach (var answer in new[] { got, headed })
        {
            Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
            Assert.Equal(lifetime, string.Join(", ", answer.Headers.GetValues("Cache-Control")));
            Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
            Assert.False(answer.Headers.ETag!.IsWeak);
            Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), answer.Content.Headers.LastModified);
            Assert.Equal("bytes", Assert.Single(answer.Headers.AcceptRanges));
        }

        Assert.Empty(await headed.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=100-", 100, null)]
    [InlineData("bytes=-100", -100, 100)]
    [InlineData("bytes=7-9007199254740991", 7, null)]
    public async Task Range_WithinTheFile_IsThatPart(string range, int from, int? length)
    {
        var whole = await stub.Client.GetByteArrayAsync(Segment);
        using var answer = await GetAsync(Segment, r => r.Headers.TryAddWithoutValidation("Range", range));

        var start = from < 0 ? whole.Length + from : from;
        var expected = whole.AsMemory(start, length ?? whole.Length - start);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(expected.ToArray(), await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(new ContentRangeHeaderValue(start, start + expected.Length - 1, whole.Length), answer.Content.Headers.ContentRange);
    }

    [Fact]
    public async Task Range_BehindTheEnd_Is416WithTheLength()
    {
        using var answer = await GetAsync(Segment, r => r.Headers.Range = new RangeHeaderValue(999_999_999, null));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
        Assert.NotNull(answer.Content.Headers.ContentRange?.Length);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.PartialContent)]
    [InlineData(false, HttpStatusCode.OK)]
    public async Task IfRange_OfThisOrAnotherVersion_IsPartOrWhole(bool same, HttpStatusCode expected)
    {
        using var whole = await stub.Client.GetAsync(Segment);
        using var answer = await GetAsync(Segment, r =>
        {
            r.Headers.Range = new RangeHeaderValue(0, 9);
            r.Headers.IfRange = new RangeConditionHeaderValue(same ? whole.Headers.ETag! : new EntityTagHeaderValue("\"other\""));
        });

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Conditional_Unchanged_Is304()
    {
        using var first = await stub.Client.GetAsync("/demo/master.m3u8");
        using var byTag = await GetAsync("/demo/master.m3u8", r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        using var byTime = await GetAsync("/demo/master.m3u8", r => r.Headers.IfModifiedSince = first.Content.Headers.LastModified);

        Assert.Equal([HttpStatusCode.NotModified, HttpStatusCode.NotModified], [byTag.StatusCode, byTime.StatusCode]);
    }

    [Theory]
    [InlineData("/unknown/master.m3u8", "TRANSCODER_TITLE_UNKNOWN")]
    [InlineData("/demo/v720/seg_00017.m4s", "TRANSCODER_FILE_UNKNOWN")]
    [InlineData("/demo/title.json", "TRANSCODER_FILE_UNKNOWN")]
    [InlineData("/demo/%2e%2e/%2e%2e/etc/passwd", "TRANSCODER_")]
    [InlineData("/demo/..%2f..%2fTranscoderStub.dll", "TRANSCODER_")]
    public async Task Unknown_Asked_IsAProblemThatNoCacheKeeps(string path, string code)
    {
        using var answer = await stub.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.StartsWith(code, problem!["code"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Player_OfAnotherOrigin_MayReadEverything()
    {
        using var answer = await GetAsync(Segment, r => r.Headers.Add("Origin", "http://player.example"));
        using var preflight = await stub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, Segment)
        {
            Headers = { { "Origin", "http://player.example" }, { "Access-Control-Request-Method", "GET" }, { "Access-Control-Request-Headers", "range,cmcd-session" } },
        });

        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("range,cmcd-session", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    [Fact]
    public async Task TitleList_Got_NamesOnlyWhatIsThere()
    {
        var titles = await stub.Client.GetFromJsonAsync<JsonArray>("/_stub/titles");

        Assert.Contains("demo", titles!.Select(t => t!["mediaId"]!.GetValue<string>()));
        foreach (var path in titles!.SelectMany(t => new[] { t!["hls"], t["dash"], t["direct"] }).Where(p => p is not null))
        {
            using var answer = await stub.Client.GetAsync(path!.GetValue<string>());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage> adjust)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        adjust(request);
        return await stub.Client.SendAsync(request);
    }
}
