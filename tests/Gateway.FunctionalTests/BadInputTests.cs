using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests;

/// <summary>Mistakes of clients, origins and operators: each gets a clear reply, and none reaches an address that is not configured.</summary>
public sealed class BadInputTests
{
    private static readonly string[] QuickOrigin = ["--Gateway:Origin:Retries=1", "--Gateway:Origin:RetryDelay=00:00:00.010", "--Gateway:Origin:RetryJitter=00:00:00"];

    [Theory]
    [InlineData("/play/nothing/master.m3u8", "manifest", "manifest_not_found")]
    [InlineData("/play/nothing/manifest.mpd", "manifest", "manifest_not_found")]
    public async Task Title_Unknown_Is404WithAHint(string path, string stage, string reason)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var answer = await fixture.Client.GetAsync(path);
        var problem = await ProblemAsync(answer, HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
        var hint = problem.GetProperty("startupHint");
        Assert.Equal(stage, hint.GetProperty("stage").GetString());
        Assert.Equal(reason, hint.GetProperty("reason").GetString());
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Ticket_ForgedCutOrOfAnotherTitle_IsRefused()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var segment = viewer.Segments[0].AbsolutePath;
        var ticket = segment.Split('/')[4];
        var flipped = ticket[..20] + (ticket[20] == 'A' ? 'B' : 'A') + ticket[21..];
        fixture.StubPart<RequestLog>().Clear();

        foreach (var (bad, status, code) in new[]
        {
            (segment.Replace(ticket, flipped, StringComparison.Ordinal), HttpStatusCode.Unauthorized, "STREAMING_TICKET_INVALID"),
            (segment.Replace(ticket, ticket[..^5], StringComparison.Ordinal), HttpStatusCode.Unauthorized, "STREAMING_TICKET_INVALID"),
            (segment.Replace(ticket, "x", StringComparison.Ordinal), HttpStatusCode.Unauthorized, "STREAMING_TICKET_INVALID"),
            (segment.Replace("/demo/", "/demo-ts/", StringComparison.Ordinal), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH"),
            (segment.Replace("/origin/", "/elsewhere/", StringComparison.Ordinal), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH"),
        })
        {
            using var answer = await fixture.Client.GetAsync(bad);
            await ProblemAsync(answer, status, code);
        }

        Assert.DoesNotContain(fixture.StubPart<RequestLog>().Snapshot(), r => r.Path != "/");
    }

    [Theory]
    [InlineData("/play/demo/../demo-ts/master.m3u8")]
    [InlineData("/play/../../etc/passwd")]
    [InlineData("/play/demo/%2e%2e/demo-ts/master.m3u8")]
    [InlineData("/play/demo/%2E%2e%2fdemo-ts/master.m3u8")]
    [InlineData("/play/demo/%252e%252e/demo-ts/master.m3u8")]
    [InlineData("/play/%2fother.example/master.m3u8")]
    [InlineData("/play/http://other.example/master.m3u8")]
    [InlineData("/play/http:%2f%2fother.example/master.m3u8")]
    [InlineData("/play/demo\\..\\master.m3u8")]
    [InlineData("/play/demo%5c..%5cmaster.m3u8")]
    [InlineData("/play/demo/master.m3u8%00.ts")]
    [InlineData("/play/demo/%zz/master.m3u8")]
    [InlineData("/api/v1/playback/ticket/origin/../../x")]
    [InlineData("/api/v1/playback/%2e%2e/origin/x")]
    public async Task Playback_PathTrick_NeverReachesTheOriginUnderAnotherPath(string target)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var answer = await SendRawAsync(fixture.Url, $"GET {target} HTTP/1.1\r\nHost: {fixture.Url.Authority}\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (400|401|403|404) ", answer);
        Assert.DoesNotContain(fixture.StubPart<RequestLog>().Snapshot(), r => r.Path != "/");
    }

    [Fact]
    public async Task Request_ChunkedHttp10_IsRefusedAndTheConnectionEnds()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var answer = await SendRawAsync(fixture.Url, $"POST /api/v1/playback/sessions HTTP/1.0\r\nHost: {fixture.Url.Authority}\r\nConnection: keep-alive\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{{\"mediaId\":\"demo\"}}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("80000000")]
    [InlineData("FFFFFFFF")]
    [InlineData("7FFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFF2")]
    [InlineData("-2")]
    [InlineData("G")]
    public async Task Chunk_OfImpossibleLength_Is400(string length)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var answer = await SendRawAsync(fixture.Url, $"POST /api/v1/playback/sessions HTTP/1.1\r\nHost: {fixture.Url.Authority}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{length}\r\n{{\"mediaId\":\"demo\"}}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestBody_AbortedOverHttp2_IsNoGatewayError()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Kestrel:EndpointDefaults:Protocols=Http2");
        using var client = fixture.NewClient();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var content = new GivenUpContent();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/api/v1/playback/sessions", content));
        using var next = await client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Origin_Unreachable_Is502WithinTheAllowedTries()
    {
        using var dead = new DeadPort();
        await using var fixture = await GatewayWithStub.StartAtAsync(dead.Address, QuickOrigin);
        using var answer = await fixture.Client.GetAsync("/play/demo/master.m3u8");
        await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_ORIGIN_UNREACHABLE");
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Origin_Silent_Is504()
    {
        var clock = ManualTimeProvider.FromNow();
        await using var fixture = await GatewayWithStub.StartAsync(clock, [.. QuickOrigin, "--Gateway:Origin:FirstByteTimeout=00:00:05"]);
        await fixture.PutFaultsAsync(new { kind = "silence", path = "/demo/**" });
        var asking = fixture.Client.GetAsync("/play/demo/master.m3u8");
        await clock.AdvanceUntilAsync(() => asking.IsCompleted, TimeSpan.FromSeconds(1));
        using var answer = await asking;
        await ProblemAsync(answer, HttpStatusCode.GatewayTimeout, "STREAMING_ORIGIN_TIMEOUT");
    }

    [Theory]
    [InlineData("<!doctype html><html><body>Login</body></html>", "text/html")]
    [InlineData("{}", "application/json")]
    [InlineData("", "application/vnd.apple.mpegurl")]
    [InlineData("<MPD", "application/dash+xml")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><MPD>&b;</MPD>", "application/dash+xml")]
    public async Task Manifest_Invalid_Is502WithACode(string body, string contentType)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/**", body, contentType });
        foreach (var path in new[] { "/play/demo/master.m3u8", "/play/demo/manifest.mpd" })
        {
            using var answer = await fixture.Client.GetAsync(path);
            await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_MANIFEST_INVALID");
        }
    }

    [Fact]
    public async Task Manifest_TooLarge_Is502WithACode()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Manifests:MaxBytes=1024");
        using var answer = await fixture.Client.GetAsync("/play/demo/manifest.mpd");
        await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_MANIFEST_TOO_LARGE");
    }

    [Fact]
    public async Task Segment_CutUpstream_CutsTheClientAndIsFetchedAnew()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Prefetch:Segments=0", "--Gateway:Origin:Continuations=0");
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        await fixture.PutFaultsAsync(new { kind = "cut", path = "/demo/**/seg_00001.m4s", afterBytes = 10_000, times = 1 });
        await Assert.ThrowsAsync<HttpRequestException>(() => fixture.Client.GetByteArrayAsync(viewer.Segments[0]));

        using var again = await fixture.Client.GetAsync(viewer.Segments[0]);
        Assert.Equal("origin", again.Headers.GetValues("X-Served-From").Single());
        Assert.Equal(await fixture.Client.GetByteArrayAsync(new Uri(fixture.StubUrl, "/demo/v720/seg_00001.m4s")), await again.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Origin_Error_Is502WithoutUpstreamsBody()
    {
        await using var fixture = await GatewayWithStub.StartAsync(QuickOrigin);
        await fixture.PutFaultsAsync(new { kind = "status", path = "/demo/**", status = 500 });
        using var answer = await fixture.Client.GetAsync("/play/demo/master.m3u8");
        await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_ORIGIN_BROKEN");
    }

    [Fact]
    public void Options_SeveralInvalid_RefuseTheStartInOneMessage()
    {
        var refused = Assert.Throws<WrongConfigurationException>(() => Gateway.Program.Build(
            ["--Gateway:Prefetch:Segments=-1", "--Gateway:Cache:MaxBytes=lots", "--Gateway:Sessions:IdelTimeout=00:01:00"]));
        Assert.Equal(3, refused.Errors.Count);
        Assert.Contains("Gateway:Prefetch:Segments: '-1' is not allowed. Allowed: 0 to 32.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Gateway:Cache:MaxBytes: 'lots' is not a whole number.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Gateway:Sessions:IdelTimeout: there is no such knob.", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(body);
        Assert.Equal(code, document.RootElement.GetProperty("code").GetString());
        return document.RootElement.Clone();
    }

    /// <summary>Sends bytes as they are: HTTP clients normalise the very paths that matter here.</summary>
    private static async Task<string> SendRawAsync(Uri server, string request)
    {
        using var deadline = new CancellationTokenSource(Patience.Deadline, TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, deadline.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    private sealed class GivenUpContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"mediaId"u8.ToArray());
            await stream.FlushAsync();
            throw new IOException("The sender has no more.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
