using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Live;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Live;

/// <summary>What uploaders do wrong: a clear code each, and nothing that was confirmed is lost.</summary>
public sealed class LiveBadInputTests
{
    [Fact]
    public async Task Live_WhileItIsOff_HasNoRoute()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.PostAsync("/stream_sessions", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync("/stream/0/playlist.m3u8")).StatusCode);
    }

    [Theory]
    [InlineData("""{"mode":"3d"}""")]
    [InlineData("""{"chunk_duration_sec":0}""")]
    [InlineData("""{"chunk_duration_sec":2.5}""")]
    [InlineData("""{"chunk_duration_sec":61}""")]
    [InlineData("""{"window_sec":5,"chunk_duration_sec":5}""")]
    [InlineData("""{"title":""}""")]
    [InlineData("""{"low_latency":true}""")]
    [InlineData("""{"drm":"widevine"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Create_ThatIsWrong_IsRefused(string body)
    {
        await using var host = await LiveHost.StartAsync();
        using var answer = await host.Client.PostAsync("/stream_sessions", new StringContent(body, Encoding.UTF8, "application/json"));
        await ProblemAsync(answer, HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
    }

    [Fact]
    public async Task Chunks_ThatAreWrong_AreRefusedEachWithItsCode()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:MaxChunkBytes=200000", "--Gateway:Live:TargetDuration=2");
        var stream = await host.CreateAsync();
        foreach (var index in new[] { "-1", "100000", "abc", "1.5", "99999999999999", "0x1" })
            await ProblemAsync(await stream.PutAsync(index, new ByteArrayContent(recorded[0])), HttpStatusCode.BadRequest, "STREAMING_CHUNK_INDEX_INVALID");
        await ProblemAsync(await stream.PutAsync(0, []), HttpStatusCode.BadRequest, "STREAMING_CHUNK_EMPTY");
        await ProblemAsync(await stream.PutAsync(0, new byte[200_001]), HttpStatusCode.RequestEntityTooLarge, "STREAMING_CHUNK_TOO_LARGE");
        await ProblemAsync(await stream.PutAsync("0", new StreamContent(new MemoryStream(new byte[200_001])), adjust: r => r.Headers.TransferEncodingChunked = true), HttpStatusCode.RequestEntityTooLarge, "STREAMING_CHUNK_TOO_LARGE");
        await ProblemAsync(await stream.PutAsync(0, new byte[5000]), HttpStatusCode.UnprocessableEntity, "STREAMING_CHUNK_NOT_MEDIA");
        await ProblemAsync(await stream.PutAsync(0, recorded[0][..(recorded[0].Length / 2)]), HttpStatusCode.UnprocessableEntity, "STREAMING_CHUNK_NOT_MEDIA");
        var longer = await RecordedChunks.OfAsync(1, seconds: 3);
        await ProblemAsync(await stream.PutAsync(0, longer[0]), HttpStatusCode.UnprocessableEntity, "STREAMING_CHUNK_TOO_LONG");
        await ProblemAsync(await stream.PutAsync(0, recorded[0], adjust: r => r.Headers.Add("Repr-Digest", $"sha-256=:{Convert.ToBase64String(new byte[32])}:")), HttpStatusCode.BadRequest, "STREAMING_CHUNK_DIGEST");
        await ProblemAsync(await stream.PutAsync(0, recorded[0], adjust: r => r.Headers.Add("Repr-Digest", "sha-256=:x:")), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        await ProblemAsync(await stream.PutAsync(0, recorded[0], adjust: r => r.Headers.Add("Upload-Offset", "7")), HttpStatusCode.Conflict, "STREAMING_CHUNK_OFFSET");
        await ProblemAsync(await stream.PutAsync(0, recorded[0], adjust: r => r.Headers.Add("Upload-Offset", "-7")), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "stream_input", stream.Id)));

        // Then the right one; sent again it is the same, and another one is refused, before and after it is listed.
        Assert.Equal(HttpStatusCode.Created, (await stream.PutAsync(0, recorded[0])).StatusCode);
        Assert.Equal(recorded[0], await File.ReadAllBytesAsync(Path.Combine(host.Folder, "stream_input", stream.Id, "chunk_00000.mp4"), TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, (await stream.PutAsync(0, recorded[0])).StatusCode);
        await ProblemAsync(await stream.PutAsync(0, recorded[1]), HttpStatusCode.Conflict, "STREAMING_CHUNK_CONFLICT");
        await stream.UntilAsync(1);
        await ProblemAsync(await stream.PutAsync("0", new StreamContent(new MemoryStream(recorded[1])), adjust: r => r.Headers.TransferEncodingChunked = true), HttpStatusCode.Conflict, "STREAMING_CHUNK_CONFLICT");
        Assert.True(File.Exists(Path.Combine(host.Folder, "stream_output", stream.Id, "seg_00000.mp4")));
    }

    [Fact]
    public async Task Tokens_OfOthersOrForOtherThings_OpenNothing()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        var other = await host.CreateAsync();
        Assert.NotEqual(stream.Id, other.Id);
        await ProblemAsync(await stream.PutAsync(0, recorded[0], other.Token), HttpStatusCode.Forbidden, "STREAMING_MEDIA_NOT_GRANTED");
        await ProblemAsync(await stream.PutAsync(0, recorded[0], "forged"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await ProblemAsync(await stream.PutAsync(0, recorded[0], adjust: r => r.Headers.Authorization = null), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
        await ProblemAsync(await stream.PostAsync("end", other.Token), HttpStatusCode.Forbidden, "STREAMING_MEDIA_NOT_GRANTED");
        await ProblemAsync(await stream.PostAsync("token", "forged"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await ProblemAsync(await host.Client.GetAsync($"/internal/stream_input/{stream.Id}/0?key={stream.Token}"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await ProblemAsync(await host.Client.PutAsync($"/internal/stream_output/{stream.Id}/0?key={stream.Token}", new ByteArrayContent(recorded[0])), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_INVALID");
        await ProblemAsync(await host.Client.GetAsync($"/api/v1/playback/{stream.Token}/live/stream/{stream.Id}/playlist.m3u8"), HttpStatusCode.Unauthorized, "STREAMING_TICKET_INVALID");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.Client.GetAsync($"/stream_sessions/{stream.Id}/chunks/0")).StatusCode);

        // One session's playlist leads to its own segments alone.
        await stream.SendAsync(0, recorded[0]);
        await stream.UntilAsync(1);
        var segment = (await stream.SegmentsAsync())[0];
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(segment)).StatusCode);
        await ProblemAsync(await host.Client.GetAsync(segment.Replace(stream.Id, other.Id, StringComparison.Ordinal)), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
    }

    [Fact]
    public async Task Sessions_UnknownOrEnded_AnswerSo()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        var clock = ManualTimeProvider.FromNow();
        await using var host = await LiveHost.StartAsync(null, clock);
        var stream = await host.CreateAsync();
        await ProblemAsync(await host.Client.GetAsync("/stream/0123456789abcdef0123456789abcdef/playlist.m3u8"), HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
        await ProblemAsync(await host.Client.GetAsync("/stream/a.b/playlist.m3u8"), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        await ProblemAsync(await host.Client.GetAsync($"/stream/{stream.Id}/playlist.m3u8?start=x"), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        await stream.SendAsync(0, recorded[0]);
        await stream.UntilAsync(1);
        await stream.EndAsync();
        await stream.EndAsync();
        await stream.UntilEndAsync();
        await ProblemAsync(await stream.PostAsync("token"), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");

        // A late chunk is stored and changes nothing; long after the end it is not taken any more.
        var late = await stream.SendAsync(1, recorded[1]);
        Assert.True(late.GetProperty("late").GetBoolean());
        Assert.True(File.Exists(Path.Combine(host.Folder, "stream_input", stream.Id, "chunk_00001.mp4")));
        await stream.LoadAsync();
        Assert.Single(stream.Judge.Entries);
        clock.Advance(TimeSpan.FromMinutes(11));
        await ProblemAsync(await stream.PutAsync(2, recorded[2]), HttpStatusCode.Gone, "STREAMING_SESSION_ENDED");
        clock.Advance(TimeSpan.FromHours(1));
        await ProblemAsync(await stream.PutAsync(2, recorded[2]), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_EXPIRED");
    }

    [Fact]
    public async Task Upload_ThatBrokeOff_GoesOnWhereItDid()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        var chunk = recorded[0];
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(host.Gateway.Url.Host, host.Gateway.Url.Port, TestContext.Current.CancellationToken);
            var head = $"PUT /stream_sessions/{stream.Id}/chunks/0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stream.Token}\r\nContent-Length: {chunk.Length}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(chunk.AsMemory(0, 5000), TestContext.Current.CancellationToken);
            await Patience.UntilAsync(async () => await OffsetAsync(stream) == 5000);
        }

        await Patience.UntilAsync(async () => (await stream.PutAsync("0", new ByteArrayContent(chunk, 5000, chunk.Length - 5000), adjust: r => r.Headers.Add("Upload-Offset", "5000"))).StatusCode == HttpStatusCode.Created);
        Assert.Equal(chunk, await File.ReadAllBytesAsync(Path.Combine(host.Folder, "stream_input", stream.Id, "chunk_00000.mp4"), TestContext.Current.CancellationToken));
        Assert.Equal(chunk.Length, await OffsetAsync(stream));
        await stream.UntilAsync(1);
    }

    [Fact]
    public async Task Uploaders_RacingForOneIndex_LeaveOneChunk()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => stream.PutAsync(0, recorded[i % 2])));
        var created = answers.Count(a => a.StatusCode == HttpStatusCode.Created);
        Assert.True(created <= 1 && answers.All(a => a.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable), string.Join(' ', answers.Select(a => a.StatusCode)));
        var first = await stream.PutAsync(0, recorded[0]);
        var second = await stream.PutAsync(0, recorded[1]);
        Assert.Equal(1, new[] { first, second }.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        var stands = first.StatusCode == HttpStatusCode.Conflict ? recorded[1] : recorded[0];
        Assert.Equal(stands, await File.ReadAllBytesAsync(Path.Combine(host.Folder, "stream_input", stream.Id, "chunk_00000.mp4"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Uploads_FasterThanTheTranscoder_AreToldToComeAgainAndNoneIsLost()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:QueuePerSession=2", "--Gateway:Live:WorkPerSession=1");
        await host.Transcoder.SendAsync(HttpMethod.Put, "/_stub/faults", new[] { new { kind = "latency", path = "/process_stream_chunk", milliseconds = 1500 } });
        var stream = await host.CreateAsync();
        var refused = 0;
        for (var i = 0; i < recorded.Count; i++)
        {
            using var answer = await stream.PutAsync(i, recorded[i]);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests) continue;
            refused++;
            Assert.NotNull(answer.Headers.RetryAfter);
            await stream.SendAsync(i, recorded[i]);
        }

        Assert.True(refused > 0);
        await stream.UntilAsync(recorded.Count);
        Assert.Equal(0, stream.Judge.Gaps);
    }

    /// <summary>Whoever sends slowly holds a connection, and no place that others wait for.</summary>
    [Fact]
    public async Task Upload_ThatStalls_HoldsNoPlaceOfTheQueue()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:QueuePerSession=1", "--Gateway:Live:QueueInAll=1", "--Gateway:Live:UploadsPerSession=2");
        var stream = await host.CreateAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Gateway.Url.Host, host.Gateway.Url.Port, TestContext.Current.CancellationToken);
        var head = $"PUT /stream_sessions/{stream.Id}/chunks/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stream.Token}\r\nContent-Length: {recorded[1].Length}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(recorded[1].AsMemory(0, 5000), TestContext.Current.CancellationToken);
        await Patience.UntilAsync(async () => await OffsetAsync(stream, 1) == 5000);
        Assert.Equal(HttpStatusCode.Created, (await stream.PutAsync(0, recorded[0])).StatusCode);
        var other = await host.CreateAsync();
        await other.SendAsync(0, recorded[0]);
        await stream.UntilAsync(1);
        await socket.GetStream().WriteAsync(recorded[1].AsMemory(5000), TestContext.Current.CancellationToken);
        await stream.UntilAsync(2);
        await other.UntilAsync(1);
    }

    /// <summary>A session that has uploaded what it may takes no more; a store that is full has chunks of other sessions come again.</summary>
    [Fact]
    public async Task Chunks_BeyondTheBounds_AreRefusedBeforeTheyAreStored()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        var (chunk, room) = (Math.Max(recorded[0].Length, recorded[1].Length), recorded[0].Length + recorded[1].Length - 1);
        await using var host = await LiveHost.StartAsync($"--Gateway:Live:MaxChunkBytes={chunk}", $"--Gateway:Live:MaxSessionBytes={room}", $"--Gateway:Live:MaxBytes={3 * chunk}");
        var stream = await host.CreateAsync();
        Assert.Equal(HttpStatusCode.Created, (await stream.PutAsync(0, recorded[0])).StatusCode);
        await ProblemAsync(await stream.PutAsync(1, recorded[1]), HttpStatusCode.RequestEntityTooLarge, "STREAMING_LIVE_SESSION_FULL");
        await ProblemAsync(await stream.PutAsync("1", new StreamContent(new MemoryStream(recorded[1])), adjust: r => r.Headers.TransferEncodingChunked = true), HttpStatusCode.RequestEntityTooLarge, "STREAMING_LIVE_SESSION_FULL");
        Assert.Equal(HttpStatusCode.OK, (await stream.PutAsync(0, recorded[0])).StatusCode);
        await stream.UntilAsync(1);
        var last = await host.CreateAsync();
        // Segments take room as well: the third finds none, if not the second.
        while ((await last.PutAsync(0, recorded[0])).StatusCode == HttpStatusCode.Created) last = await host.CreateAsync();
        using var full = await last.PutAsync(0, recorded[0]);
        Assert.NotNull(full.Headers.RetryAfter);
        await ProblemAsync(full, HttpStatusCode.ServiceUnavailable, "STREAMING_LIVE_STORAGE_FULL");
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "stream_input", last.Id)));
    }

    [Fact]
    public async Task Store_WithoutRoom_IsToldAndTheChunkCanBeSentAgain()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        // A file where the folder has to be: writing fails as it does on a full disk.
        var inTheWay = Path.Combine(host.Folder, "stream_input", stream.Id);
        await File.WriteAllTextAsync(inTheWay, "", TestContext.Current.CancellationToken);
        await ProblemAsync(await stream.PutAsync(0, recorded[0]), HttpStatusCode.ServiceUnavailable, "STREAMING_LIVE_UNAVAILABLE");
        File.Delete(inTheWay);
        Assert.Equal(HttpStatusCode.Created, (await stream.PutAsync(0, recorded[0])).StatusCode);
    }

    /// <summary>What was confirmed is there when the disk has room again, however many tries it took.</summary>
    [Fact]
    public async Task Store_WithoutRoomForASegment_IsWaitedFor()
    {
        var recorded = await RecordedChunks.OfAsync(1);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:Retries=0");
        var stream = await host.CreateAsync();
        var inTheWay = Path.Combine(host.Folder, "stream_output", stream.Id);
        await File.WriteAllTextAsync(inTheWay, "", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, (await stream.PutAsync(0, recorded[0])).StatusCode);
        await Patience.UntilAsync(async () => await MetricAsync(host, "gateway_live_calls_total{outcome=\"busy\"}") >= 2);
        File.Delete(inTheWay);
        await stream.UntilAsync(1);
        Assert.Equal(0, stream.Judge.Gaps);
    }

    [Fact]
    public async Task Volume_BelowItsLeastFreeSpace_TakesNoChunkAndKeepsWhatWasConfirmed()
    {
        var recorded = await RecordedChunks.OfAsync(2);
        await using var host = await LiveHost.StartAsync();
        var stream = await host.CreateAsync();
        Assert.Equal(HttpStatusCode.Created, (await stream.PutAsync(0, recorded[0])).StatusCode);
        // More than any volume has.
        host.Gateway.Part<LiveOptions>().MinFreeBytes = 1L << 60;
        using var full = await stream.PutAsync(1, recorded[1]);
        Assert.NotNull(full.Headers.RetryAfter);
        await ProblemAsync(full, HttpStatusCode.ServiceUnavailable, "STREAMING_LIVE_STORAGE_FULL");
        Assert.Equal(HttpStatusCode.OK, (await stream.PutAsync(0, recorded[0])).StatusCode);
        await stream.UntilAsync(1);
        Assert.Equal(0, await MetricAsync(host, "gateway_live_storage_room_bytes"));
    }

    private static async Task<double> MetricAsync(LiveHost host, string series) =>
        (await host.Client.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(l => l.StartsWith(series, StringComparison.Ordinal)) is { } line
            ? double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), System.Globalization.CultureInfo.InvariantCulture)
            : 0;

    private static async Task<long> OffsetAsync(StreamUploader stream, int index = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/stream_sessions/{stream.Id}/chunks/{index}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stream.Token);
        using var answer = await stream.Client.SendAsync(request);
        return long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == status, $"{answer.StatusCode} {text}");
            Assert.Equal(code, JsonDocument.Parse(text).RootElement.GetProperty("code").GetString());
        }
    }
}
