using System.Net;
using Gateway.Access.Sources;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Files;

/// <summary>Files by range within a session, and the transcoder's way to sources.</summary>
public sealed class FileRouteTests
{
    private const int Length = 10_000_000;

    [Theory]
    [InlineData(null, 200, 0, Length)]
    [InlineData("bytes=0-99", 206, 0, 100)]
    [InlineData("bytes=4194300-4194400", 206, 4194300, 101)]
    [InlineData("bytes=9999000-", 206, 9_999_000, 1000)]
    [InlineData("bytes=-50", 206, Length - 50, 50)]
    [InlineData("bytes=9999999-90000000", 206, Length - 1, 1)]
    [InlineData("bytes=0-0,5-9", 200, 0, Length)]
    [InlineData("bytes=9-5", 200, 0, Length)]
    public async Task File_AnyRange_GivesExactlyThoseBytes(string? range, int status, int offset, int count)
    {
        await using var origin = await FileOrigin.StartAsync(("/song/direct.mp4", Length, null));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        var session = await CreateAsync(fixture.Client, new { mediaId = "song" });
        var url = session.GetProperty("directUrl").GetString()!;
        Assert.Equal($"/api/v1/files/{session.GetProperty("ticket").GetString()}/song/direct.mp4", url);
        Assert.Equal("direct", session.GetProperty("engine").GetString());
        for (var round = 0; round < 2; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
            using var answer = await fixture.Client.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("bytes", answer.Headers.AcceptRanges.Single());
            Assert.Equal("video/mp4", answer.Content.Headers.ContentType?.ToString());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Equal(count, answer.Content.Headers.ContentLength);
            Assert.Equal(FileOrigin.BytesAt(offset, count), await answer.Content.ReadAsByteArrayAsync());
            if (status == 206) Assert.Equal($"bytes {offset}-{offset + count - 1}/{Length}", answer.Content.Headers.ContentRange?.ToString());
        }
    }

    [Fact]
    public async Task File_ConditionsAndHead_AreThoseOfTheStandard()
    {
        await using var origin = await FileOrigin.StartAsync(("/song/direct.mp4", Length, null));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        var url = (await CreateAsync(fixture.Client, new { mediaId = "song" })).GetProperty("directUrl").GetString()!;
        foreach (var (method, name, value, status, count) in new[]
        {
            ("GET", "If-Range", "\"one\"", 206, 10), ("GET", "If-Range", "\"two\"", 200, Length), ("GET", "If-None-Match", "\"one\"", 304, 0), ("HEAD", "If-None-Match", "\"two\"", 200, 0),
            ("GET", "If-Range", "Sat, 01 Nov 2025 00:00:00 GMT", 206, 10),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), url);
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-9");
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await fixture.Client.SendAsync(request);
            Assert.Equal((value, status), (value, (int)answer.StatusCode));
            Assert.Equal(count, (await answer.Content.ReadAsByteArrayAsync()).Length);
            if (method == "HEAD") Assert.Equal(Length, answer.Content.Headers.ContentLength);
        }

        using var behind = new HttpRequestMessage(HttpMethod.Get, url);
        behind.Headers.TryAddWithoutValidation("Range", $"bytes={Length}-");
        using var refused = await fixture.Client.SendAsync(behind);
        Assert.Equal($"bytes */{Length}", refused.Content.Headers.ContentRange?.ToString());
        var problem = await ProblemAsync(refused, HttpStatusCode.RequestedRangeNotSatisfiable, "STREAMING_RANGE_NOT_SATISFIABLE");
        Assert.Equal("segment", problem.GetProperty("startupHint").GetProperty("stage").GetString());
    }

    [Fact]
    public async Task Format_WantedAndThere_IsServedAndElseTheFileItself()
    {
        await using var origin = await FileOrigin.StartAsync(
            ("/song/direct.mp4", 100, null), ("/song/a.flac", 3000, null), ("/song/a.opus", 200, "application/octet-stream"), ("/song/a.opus.index", 40, "application/x-index"));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        var ticket = (await CreateAsync(fixture.Client, new { mediaId = "song" })).GetProperty("ticket").GetString();
        foreach (var (query, length, type, format) in new[]
        {
            ("", 3000, "audio/flac", null), ("?format=lossless", 3000, "audio/flac", null), ("?format=opus", 200, "audio/ogg", "opus"), ("?format=wav", 3000, "audio/flac", "native"),
            ("?format=native", 3000, "audio/flac", null),
        })
        {
            using var answer = await fixture.Client.GetAsync($"/api/v1/files/{ticket}/song/a.flac{query}");
            Assert.Equal((query, HttpStatusCode.OK), (query, answer.StatusCode));
            Assert.Equal((query, length, type), (query, (int)answer.Content.Headers.ContentLength!, answer.Content.Headers.ContentType?.ToString()));
            Assert.Equal(format, answer.Headers.TryGetValues("X-File-Format", out var told) ? told.Single() : null);
        }

        using var sidecar = await fixture.Client.GetAsync($"/api/v1/files/{ticket}/song/a.opus.index");
        Assert.Equal((40, "application/x-index"), ((int)sidecar.Content.Headers.ContentLength!, sidecar.Content.Headers.ContentType?.ToString()));
        using var wrong = await fixture.Client.GetAsync($"/api/v1/files/{ticket}/song/a.flac?format=vinyl");
        await ProblemAsync(wrong, HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        Assert.DoesNotContain(origin.Asked, a => a.Contains("format", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_WithoutARight_IsRefused()
    {
        await using var origin = await FileOrigin.StartAsync(("/song/direct.mp4", 100, null), ("/other/direct.mp4", 100, null));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        var ticket = (await CreateAsync(fixture.Client, new { mediaId = "song" })).GetProperty("ticket").GetString()!;
        foreach (var (path, status, code) in new[]
        {
            ($"{ticket}/other/direct.mp4", HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH"), ($"{ticket[..^2]}AA/song/direct.mp4", HttpStatusCode.Unauthorized, "STREAMING_TICKET_INVALID"),
            ($"{ticket}/song/%5Cother/direct.mp4", HttpStatusCode.BadRequest, "STREAMING_PATH_REFUSED"), ($"{ticket}/song/none.wav", HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND"),
        })
        {
            using var answer = await fixture.Client.GetAsync($"/api/v1/files/{path}");
            await ProblemAsync(answer, status, code);
        }

        using var post = await fixture.Client.PostAsync($"/api/v1/files/{ticket}/song/direct.mp4", null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Contains("HEAD", post.Content.Headers.Allow);
    }

    [Fact]
    public async Task Create_TitleWithoutAFile_GetsNoDirectUrlAndTheSegmentedEngine()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var session = await CreateAsync(fixture.Client, new { mediaId = "demo-6s", engine = "direct" });
        Assert.False(session.TryGetProperty("directUrl", out _));
        Assert.Equal("segmented", session.GetProperty("engine").GetString());
        var whole = await CreateAsync(fixture.Client, new { mediaId = "demo" });
        Assert.Equal("direct", whole.GetProperty("engine").GetString());
        Assert.Equal(await fixture.Client.GetByteArrayAsync(new Uri(fixture.StubUrl, "/demo/direct.mp4")), await fixture.Client.GetByteArrayAsync(whole.GetProperty("directUrl").GetString()));
    }

    [Fact]
    public async Task Source_WithItsKeyOnly_IsGivenToTheTranscoder()
    {
        var clock = new LeapingTimeProvider();
        await using var fixture = await GatewayWithStub.StartAsync(clock);
        var whole = await fixture.Client.GetByteArrayAsync(new Uri(fixture.StubUrl, "/demo/direct.mp4"));
        var keys = fixture.Part<SourceToken>();
        var good = keys.Issue("demo", TimeSpan.FromHours(1));
        var ticket = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("ticket").GetString()!;

        using var part = await AskAsync(fixture, HttpMethod.Get, "demo", good, "bytes=100-199");
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(whole.AsSpan(100, 100).ToArray(), await part.Content.ReadAsByteArrayAsync());
        using var head = await AskAsync(fixture, HttpMethod.Head, "demo", good, null);
        Assert.Equal((whole.Length, "video/mp4"), ((int)head.Content.Headers.ContentLength!, head.Content.Headers.ContentType?.ToString()));

        foreach (var (title, key, status) in new[]
        {
            ("demo", null, HttpStatusCode.Unauthorized), ("demo", ticket, HttpStatusCode.Unauthorized), ("demo-6s", good, HttpStatusCode.Forbidden), ("demo", good[..^3] + "AAA", HttpStatusCode.Unauthorized),
        })
        {
            using var refused = await AskAsync(fixture, HttpMethod.Get, title, key, null);
            Assert.Equal((title, key, status), (title, key, refused.StatusCode));
        }

        clock.Leap(TimeSpan.FromHours(1));
        using var late = await AskAsync(fixture, HttpMethod.Get, "demo", good, null);
        await ProblemAsync(late, HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_EXPIRED");
    }

    private static async Task<HttpResponseMessage> AskAsync(GatewayWithStub fixture, HttpMethod method, string mediaId, string? key, string? range)
    {
        using var request = new HttpRequestMessage(method, $"/internal/stream/{mediaId}");
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        return await fixture.Client.SendAsync(request);
    }
}
