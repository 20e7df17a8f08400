using System.Net;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>What is wrong with a call to the control plane is the caller's to mend: a problem that names it, never a 5xx.</summary>
public sealed class SessionBadInputTests
{
    private const int ReportsPerMinute = 120;
    private const string Report = """{"event":"playing"}""";

    [Theory]
    [InlineData("{}", "mediaId")]
    [InlineData("""{"mediaId":""}""", "mediaId")]
    [InlineData("""{"mediaId":7}""", "mediaId")]
    [InlineData("""{"mediaId":"../etc/passwd"}""", "mediaId")]
    [InlineData("""{"mediaId":"a/%2e%2e/b"}""", "mediaId")]
    [InlineData("""{"mediaId":"//evil.example/x"}""", "mediaId")]
    [InlineData("""{"mediaId":"http://evil.example/x"}""", "mediaId")]
    [InlineData("""{"mediaId":"a\\b"}""", "mediaId")]
    [InlineData("""{"mediaId":"a\u0000b"}""", "mediaId")]
    [InlineData("""{"mediaId":"demo","engine":"vhs"}""", "engine")]
    [InlineData("""{"mediaId":"demo","quality":"best"}""", "quality")]
    [InlineData("""{"mediaId":"demo","startPositionSec":-1}""", "startPositionSec")]
    [InlineData("""{"mediaId":"demo","startPositionSec":"1"}""", "startPositionSec")]
    [InlineData("""{"mediaId":"demo","startPositionSec":1e99}""", "startPositionSec")]
    [InlineData("""{"mediaId":"demo","prewarm":"yes"}""", "prewarm")]
    [InlineData("""{"mediaId":"demo","groupId":["g"]}""", "groupId")]
    public async Task Create_WrongField_IsNamed(string body, string field)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var problem = await ProblemAsync(await PostAsync(fixture.Client, Root, body), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal("session_create", problem.GetProperty("startupHint").GetProperty("stage").GetString());
    }

    [Fact]
    public async Task Create_NoSaneBody_Is4xxWithAHint()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        foreach (var body in new[] { "", "null", "[]", "nonsense", "{\"mediaId\":\"demo\",\"mediaId\":\"x\"}", new string('[', 5000) })
            await ProblemAsync(await PostAsync(fixture.Client, Root, body), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        await ProblemAsync(await PostAsync(fixture.Client, Root, $$"""{"mediaId":"demo","x":"{{new string('x', 70_000)}}"}"""), HttpStatusCode.RequestEntityTooLarge, "STREAMING_BODY_TOO_LARGE");
        await ProblemAsync(await PostAsync(fixture.Client, Root, "{}", "application/xml"), HttpStatusCode.UnsupportedMediaType, "STREAMING_UNSUPPORTED_MEDIA_TYPE");
        await ProblemAsync(await PostAsync(fixture.Client, Root, """{"mediaId":"nothing"}"""), HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
        Assert.True((await PostAsync(fixture.Client, Root, """{"mediaId":"demo","unknownField":{"a":1}}""")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Create_TooMany_Are429WhilePlaybackGoesOn()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Sessions:CreatesPerWindow=5", "--Gateway:Sessions:CreateWindow=01:00:00");
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        for (var i = 0; i < 4; i++) await CreateAsync(fixture.Client, new { mediaId = "demo" });
        using var refused = await PostAsync(fixture.Client, Root, """{"mediaId":"demo"}""");
        await ProblemAsync(refused, HttpStatusCode.TooManyRequests, "STREAMING_RATE_LIMITED");
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.True((await fixture.Client.GetAsync(viewer.Segments[0])).IsSuccessStatusCode);
    }

    /// <summary>Ids can be invented: reports on sessions that do not live count for their sender.</summary>
    [Fact]
    public async Task Reports_TooMany_Are429AndOtherSessionsReportOn()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var loud = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
        var quiet = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
        using (var refused = await LastReportAsync(_ => $"{loud}"))
        {
            await ProblemAsync(refused, HttpStatusCode.TooManyRequests, "STREAMING_RATE_LIMITED");
            Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }

        Assert.True((await PostAsync(fixture.Client, $"{Root}/{quiet}/events", Report)).IsSuccessStatusCode);
        using (var invented = await LastReportAsync(i => $"{i:x32}")) await ProblemAsync(invented, HttpStatusCode.TooManyRequests, "STREAMING_RATE_LIMITED");
        Assert.True((await PostAsync(fixture.Client, $"{Root}/{quiet}/events", Report)).IsSuccessStatusCode);

        async Task<HttpResponseMessage> LastReportAsync(Func<int, string> id)
        {
            for (var i = 0; i < ReportsPerMinute; i++) Assert.NotEqual(HttpStatusCode.TooManyRequests, (await PostAsync(fixture.Client, $"{Root}/{id(i)}/events", Report)).StatusCode);
            return await PostAsync(fixture.Client, $"{Root}/{id(ReportsPerMinute)}/events", Report);
        }
    }
}
