using System.Net;
using System.Net.Http.Json;
using TranscoderStub.Faults;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Stub;

public sealed class FaultsTests : IAsyncLifetime
{
    private const string Segment = "/demo/v360/seg_00001.m4s";

    // One host a test: faults are state, and the clock has to be the test's own.
    private readonly StubHost _stub = new();

    public ValueTask InitializeAsync() => _stub.InitializeAsync();

    public ValueTask DisposeAsync() => _stub.DisposeAsync();

    [Fact]
    public async Task Status_ForTwoRequests_HitsTwoAndOnlyWhatMatches()
    {
        await _stub.PutFaultsAsync(new { kind = "status", path = "/demo/v360/*", status = 503, times = 2 });

        using var other = await _stub.Client.GetAsync("/demo/v480/seg_00001.m4s");
        var hit = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await _stub.Client.GetAsync(Segment);
            hit.Add(answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK], hit);
    }

    [Fact]
    public async Task Latency_UntilTheClockMoves_HoldsTheFirstByte()
    {
        await _stub.PutFaultsAsync(new { kind = "latency", milliseconds = 5000 });

        var answer = _stub.Client.GetAsync(Segment);
        await _stub.SeenAsync(1);
        Assert.False(answer.IsCompleted);

        using var got = await _stub.WhileTimePassesAsync(answer, TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
    }

    [Fact]
    public async Task Throttle_AtARate_LetsOnlyItsSharePassPerBeat()
    {
        await _stub.PutFaultsAsync(new { kind = "throttle", bytesPerSecond = 20_000 });

        using var answer = await _stub.Client.GetAsync(Segment, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 16];
        Assert.Equal(1000, await ReadExactlyAvailableAsync(body, buffer));
        // The clock stands still, so nothing more may come; reading on would wait for ever.
        var more = body.ReadAsync(buffer).AsTask();
        Assert.False(more.IsCompleted);

        await _stub.StepAsync(waiting: 1, TimeSpan.FromMilliseconds(50));
        Assert.InRange(await more, 1, 1000);
    }

    [Fact]
    public async Task Cut_AfterSomeBytes_BreaksWhatTheHeadPromised()
    {
        await _stub.PutFaultsAsync(new { kind = "cut", afterBytes = 100 });

        using var answer = await _stub.Client.GetAsync(Segment, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var got = new byte[100];
        await body.ReadExactlyAsync(got);

        Assert.True(answer.Content.Headers.ContentLength > 1000);
        await Assert.ThrowsAsync<HttpIOException>(() => body.ReadAsync(got).AsTask());
    }

    [Fact]
    public async Task Silence_UntilTheClientLeaves_AnswersNothing()
    {
        await _stub.PutFaultsAsync(new { kind = "silence" });

        using var patience = new CancellationTokenSource();
        var answer = _stub.Client.GetAsync(Segment, patience.Token);
        await _stub.SeenAsync(1);
        Assert.False(answer.IsCompleted);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Body_InPlaceOfAManifest_KeepsTheManifestsType()
    {
        await _stub.PutFaultsAsync(new { kind = "body", path = "/**/*.m3u8", body = "<html>login</html>" });

        using var answer = await _stub.Client.GetAsync("/demo/master.m3u8");

        Assert.Equal("application/vnd.apple.mpegurl", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("<html>login</html>", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Faults_ThatAreSeveral_AllApplyInTheirOrder()
    {
        await _stub.PutFaultsAsync(new { kind = "type", contentType = "text/html" }, new { kind = "body", body = "no media" });

        using var answer = await _stub.Client.GetAsync(Segment);

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no media", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("{\"kind\":\"nonsense\"}", "nonsense")]
    [InlineData("{\"kind\":\"latency\"}", "Milliseconds")]
    [InlineData("{\"kind\":\"status\",\"status\":99}", "Status")]
    [InlineData("{\"kind\":\"silence\",\"times\":0}", "Times")]
    [InlineData("{\"kind\":\"silence\",\"share\":1.5}", "Share")]
    [InlineData("{\"kind\":\"redirect\"}", "Location")]
    [InlineData("{\"kind\":\"redirect\",\"location\":\"/a\\r\\nX: y\"}", "Location")]
    [InlineData("{\"kind\":\"redirect\",\"location\":\"/a\",\"status\":200}", "Location")]
    [InlineData("{\"kind\":\"length\",\"bytes\":0}", "Bytes")]
    [InlineData("{\"kind\":\"flap\"}", "Milliseconds")]
    [InlineData("{\"kind\":\"stall\",\"afterBytes\":-1}", "AfterBytes")]
    [InlineData("{\"kind\":\"cap\",\"bytesPerSecond\":0}", "BytesPerSecond")]
    public async Task Rule_ThatIsWrong_ChangesNothingAndSaysWhy(string rule, string word)
    {
        await _stub.PutFaultsAsync(new { kind = "silence", path = "/kept" });
        using var refused = await _stub.Client.PutAsync("/_stub/faults", new StringContent($"[{rule}]", System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(word, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("/kept", Assert.Single(_stub.Part<FaultTable>().Snapshot()).Path);
    }

    [Fact]
    public async Task Faults_Deleted_AreGone()
    {
        await _stub.PutFaultsAsync(new { kind = "status", status = 500 });
        using var deleted = await _stub.Client.DeleteAsync("/_stub/faults");
        using var answer = await _stub.Client.GetAsync(Segment);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/demo/*", "/demo/a.mpd", true)]
    [InlineData("/demo/*", "/demo/v/a.m4s", false)]
    [InlineData("/demo/**", "/demo/v/a.m4s", true)]
    [InlineData("/**/*.m3u8", "/demo/v/index.m3u8", true)]
    [InlineData("/a.b", "/aXb", false)]
    public void PathGlob_OfAPath_MatchesByFolders(string pattern, string path, bool matches) => Assert.Equal(matches, new PathGlob(pattern).Matches(path));

    [Fact]
    public async Task Requests_Logged_CanBeReadAndCleared()
    {
        using (await _stub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, Segment + "?a=b") { Headers = { { "Range", "bytes=0-9" }, { "Authorization", "Bearer secret" } } }))
        {
        }

        var seen = await _stub.Client.GetFromJsonAsync<SeenRequest[]>("/_stub/requests");
        using var cleared = await _stub.Client.DeleteAsync("/_stub/requests");

        var one = Assert.Single(seen!);
        Assert.Equal((_stub.Clock.GetUtcNow(), "GET", Segment, "?a=b", "bytes=0-9"), (one.Time, one.Method, one.Path, one.Query, one.Range));
        Assert.Equal((206, 10, false), (one.Status, one.SentBytes, one.HungUp));
        Assert.Equal("bytes=0-9", one.Headers["range"]);
        Assert.Equal("***", one.Headers["authorization"]);
        Assert.Empty(_stub.Part<RequestLog>().Snapshot());
    }

    private static async Task<int> ReadExactlyAvailableAsync(Stream body, byte[] buffer) =>
        await body.ReadAtLeastAsync(buffer.AsMemory(0, 1000), 1000, throwOnEndOfStream: false);
}
