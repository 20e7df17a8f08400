using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Gateway.FunctionalTests.Common;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Stub;

/// <summary>The faults of lines, connections and clocks, and what the request log tells of them.</summary>
public sealed class MoreFaultsTests : IAsyncLifetime
{
    private const string Segment = "/demo/v360/seg_00001.m4s";

    private readonly StubHost _stub = new();

    public ValueTask InitializeAsync() => _stub.InitializeAsync();

    public ValueTask DisposeAsync() => _stub.DisposeAsync();

    [Fact]
    public async Task Redirect_ForAPath_PointsElsewhere()
    {
        await _stub.PutFaultsAsync(new { kind = "redirect", location = "/demo/v480/seg_00001.m4s", path = Segment });
        using var direct = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _stub.Client.BaseAddress };
        using var answer = await direct.GetAsync(Segment);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/demo/v480/seg_00001.m4s", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Refuse_ForOneRequest_EndsTheConnectionWithoutAnAnswer()
    {
        await _stub.PutFaultsAsync(new { kind = "refuse", times = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(() => _stub.Client.PostAsync(new Uri(Segment, UriKind.Relative), null));
        Assert.False(Assert.Single(_stub.Part<RequestLog>().Snapshot()).HungUp);
    }

    [Fact]
    public async Task Reset_AfterSomeBytes_TearsTheConnectionDown()
    {
        await _stub.PutFaultsAsync(new { kind = "reset", afterBytes = 1000 });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _stub.Client.GetByteArrayAsync(Segment));
        await Patience.UntilAsync(() => Task.FromResult(_stub.Part<RequestLog>().Snapshot().Any(r => r is { Status: 200, SentBytes: 1000, HungUp: false })));
    }

    [Fact]
    public async Task Length_TooLong_EndsBeforeWhatWasPromised()
    {
        var honest = (await _stub.Client.GetByteArrayAsync(Segment)).Length;
        await _stub.PutFaultsAsync(new { kind = "length", bytes = 500 });
        using var answer = await _stub.Client.GetAsync(Segment, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(honest + 500, answer.Content.Headers.ContentLength);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Length_TooShort_LosesTheRest()
    {
        var honest = await _stub.Client.GetByteArrayAsync(Segment);
        await _stub.PutFaultsAsync(new { kind = "length", bytes = -500 });

        Assert.Equal(honest[..^500], await _stub.Client.GetByteArrayAsync(Segment));
    }

    [Fact]
    public async Task Compressed_UnaskedFor_IsGzipOfTheHonestBytes()
    {
        var honest = await _stub.Client.GetByteArrayAsync("/demo/master.m3u8");
        await _stub.PutFaultsAsync(new { kind = "compressed" });
        using var answer = await _stub.Client.GetAsync("/demo/master.m3u8");

        Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
        await using var plain = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        var got = new MemoryStream();
        await plain.CopyToAsync(got);
        Assert.Equal(honest, got.ToArray());
    }

    [Fact]
    public async Task Stall_AfterSomeBytes_GoesOnWhenItsTimeIsOver()
    {
        var honest = await _stub.Client.GetByteArrayAsync(Segment);
        await _stub.PutFaultsAsync(new { kind = "stall", afterBytes = 1000, milliseconds = 5000 });
        using var answer = await _stub.Client.GetAsync(Segment, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var got = new byte[honest.Length];
        await body.ReadExactlyAsync(got.AsMemory(0, 1000));
        var rest = body.ReadExactlyAsync(got.AsMemory(1000)).AsTask();
        Assert.False(rest.IsCompleted);

        await _stub.StepAsync(waiting: 1, TimeSpan.FromSeconds(5));
        await rest;
        Assert.Equal(honest, got);
    }

    [Fact]
    public async Task Stall_UntilTheClientLeaves_IsLoggedAsAHangUp()
    {
        await _stub.PutFaultsAsync(new { kind = "stall", afterBytes = 1000 });
        using (var answer = await _stub.Client.GetAsync(Segment, HttpCompletionOption.ResponseHeadersRead))
        {
            var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1000]);
        }

        await Patience.UntilAsync(() => Task.FromResult(_stub.Part<RequestLog>().Snapshot().Any(r => r is { SentBytes: 1000, HungUp: true, Status: 200 })));
    }

    [Fact]
    public async Task Cap_OverTwoBodies_IsOneLineForBoth()
    {
        var honest = await _stub.Client.GetByteArrayAsync(Segment);
        await _stub.PutFaultsAsync(new { kind = "cap", bytesPerSecond = honest.Length });
        var before = _stub.Clock.GetUtcNow();
        var both = Task.WhenAll(_stub.Client.GetByteArrayAsync(Segment), _stub.Client.GetByteArrayAsync(Segment));
        await _stub.WhileTimePassesAsync(both, TimeSpan.FromMilliseconds(50));

        // Two bodies of one second each: two seconds of the line, however they interleave.
        Assert.InRange(_stub.Clock.GetUtcNow() - before, TimeSpan.FromSeconds(1.9), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task Flap_OverTime_IsHealthyAndNotByTurns()
    {
        await _stub.PutFaultsAsync(new { kind = "flap", milliseconds = 10_000, status = 500 });
        var seen = new List<int>();
        for (var turn = 0; turn < 4; turn++, _stub.Clock.Advance(TimeSpan.FromSeconds(10)))
        {
            using var answer = await _stub.Client.GetAsync(Segment);
            seen.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 500, 200, 500], seen);
    }

    [Fact]
    public async Task Clock_ThatIsOff_ShowsInDateAndInTheBroadcastsTime()
    {
        await _stub.PutFaultsAsync(new { kind = "clock", milliseconds = -90_000 });
        var wanted = _stub.Clock.GetUtcNow() - TimeSpan.FromSeconds(90);
        using var answer = await _stub.Client.GetAsync(Segment);
        var told = await _stub.Client.GetStringAsync("/demo-live/time");

        Assert.Equal(wanted, answer.Headers.Date!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal(wanted, DateTimeOffset.Parse(told, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Share_WithASeed_HitsTheSameRequestsAgain()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await _stub.PutFaultsAsync(new { kind = "status", status = 503, share = 0.3, seed = 42 });
            var hits = "";
            for (var i = 0; i < 40; i++)
            {
                using var answer = await _stub.Client.GetAsync(Segment);
                hits += answer.IsSuccessStatusCode ? '.' : 'x';
            }

            runs.Add(hits);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(runs[0].Count(c => c == 'x'), 4, 24);
        Assert.Equal(80, (await _stub.Client.GetFromJsonAsync<SeenRequest[]>("/_stub/requests"))!.Length);
    }
}
