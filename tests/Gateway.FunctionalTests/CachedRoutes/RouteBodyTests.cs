using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.CachedRoutes;

/// <summary>Bodies on a cached route: parts, none, endless, broken, and those of errors.</summary>
public sealed class RouteBodyTests
{
    [Fact]
    public async Task UpstreamError_OnACachedRoute_GoesOutAsItIsWithoutRetry()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("closed for lunch");
        };
        var answer = await fixture.AskAsync("/shop/a");
        Assert.Equal((503, "closed for lunch"), (answer.Status, answer.Body));
        Assert.Single(fixture.Origin.Requests);
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "cde", "bytes 2-4/10")]
    [InlineData("bytes=-3", 206, "hij", "bytes 7-9/10")]
    [InlineData("bytes=8-", 206, "ij", "bytes 8-9/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=0-1,4-5", 200, "abcdefghij", null)]
    public async Task Range_OfAnOriginWithoutRanges_IsServedFromTheWhole(string range, int status, string body, string? contentRange)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("abcdefghij", "Cache-Control: max-age=60");
        for (var round = 0; round < 2; round++)
        {
            var answer = await fixture.AskAsync("/shop/a", null, $"Range: {range}");
            Assert.Equal((status, body, contentRange), (answer.Status, answer.Body, answer["Content-Range"]));
        }

        // An unsatisfiable range goes upstream, and what upstream says of the end holds for a second.
        Assert.InRange(fixture.Origin.Requests.Count, 1, status == 416 ? 2 : 1);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(416)]
    public async Task ContentRange_OfUpstream_GoesOutAsItCame(int status)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context =>
        {
            context.Response.StatusCode = status;
            return ScriptedOrigin.Gives("", "Cache-Control: max-age=60", "Content-Range: bytes */10")(context);
        };
        for (var round = 0; round < 2; round++) Assert.Equal("bytes */10", (await fixture.AskAsync("/shop/a"))["Content-Range"]);
        Assert.Equal(status == 416 ? 2 : 1, fixture.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("/shop/live.mp4")]
    [InlineData("/play/live.mp4")]
    public async Task Range_OfAFileThatHasGrown_IsServed(string path)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        var body = "abcde";
        fixture.Origin.Answer = context => ScriptedOrigin.Gives(body, "Cache-Control: max-age=3600", $"ETag: \"{body.Length}\"")(context);
        Assert.Equal("cd", (await fixture.AskAsync(path, null, "Range: bytes=2-3")).Body);
        body = "abcdefghij";
        var grown = await fixture.AskAsync(path, null, "Range: bytes=5-9");
        Assert.Equal((206, "fghij", "bytes 5-9/10"), (grown.Status, grown.Body, grown["Content-Range"]));
    }

    [Fact]
    public async Task NoStore_WithIfRange_LetsUpstreamChooseTheVersionOfThePart()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "ETag: \"v2\"");
        var answer = await fixture.AskAsync("/shop/a", null, "Cache-Control: no-store", "Range: bytes=2-3", "If-Range: \"v1\"");
        Assert.Equal((200, "hello"), (answer.Status, answer.Body));
        Assert.Equal(("bytes=2-3", "\"v1\""), (fixture.Origin.Requests.Single()["Range"], fixture.Origin.Requests.Single()["If-Range"]));
    }

    [Fact]
    public async Task Head_OfAStoredObject_SendsNothingUpstream()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60");
        await fixture.AskAsync("/shop/a");
        var head = await fixture.AskAsync("/shop/a", HttpMethod.Head);
        Assert.Equal((200, "5", ""), (head.Status, head["Content-Length"], head.Body));
        Assert.Single(fixture.Origin.Requests);
    }

    [Theory]
    [InlineData("/shop/a", 204)]
    [InlineData("/shop/a", 205)]
    [InlineData("/play/a/b.m4s", 204)]
    [InlineData("/play/a/b.m4s", 205)]
    public async Task NoContent_FromUpstream_HasNoBodyAndNoLength(string path, int status)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Status(status);
        for (var round = 0; round < 2; round++)
        {
            var answer = await fixture.AskAsync(path);
            Assert.Equal((status, ""), (answer.Status, answer.Body));
            if (status == 204) Assert.Null(answer["Content-Length"]);
        }
    }

    [Theory]
    [InlineData("/shop/a", "DNT: 1")]
    [InlineData("/play/a/b.m4s", "DNT: 1")]
    [InlineData("/shop/a", "Range: bytes=5-8")]
    [InlineData("/play/a/b.m4s", "Range: bytes=5-8")]
    public async Task Part_NotRequested_IsNotServed(string path, string field)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context =>
        {
            context.Response.StatusCode = 206;
            return ScriptedOrigin.Gives("part", "Content-Range: bytes 2-5/10")(context);
        };
        var answer = await fixture.AskAsync(path, null, field);
        Assert.Equal((502, null), (answer.Status, answer["Content-Range"]));
    }

    [Fact]
    public async Task EventStream_OnACachedRoute_ArrivesAsItIsSent()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        var heard = new TaskCompletionSource();
        fixture.Origin.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await heard.Task.WaitAsync(Patience.Deadline);
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/shop/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("data: 1", await reader.ReadLineAsync().WaitAsync(Patience.Deadline));
        Assert.Equal("gateway; fwd=bypass", response.Headers.GetValues("Cache-Status").Single());
        heard.SetResult();
    }

    [Fact]
    public async Task Body_BreaksOff_CutsTheConnectionAndIsNotStored()
    {
        var sent = new TaskCompletionSource();
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await sent.Task.WaitAsync(Patience.Deadline);
            context.Abort();
        };
        using (var response = await fixture.Client.GetAsync("/shop/a", HttpCompletionOption.ResponseHeadersRead))
        {
            sent.SetResult();
            await Assert.ThrowsAnyAsync<IOException>(async () => await (await response.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null));
        }

        fixture.Origin.Answer = ScriptedOrigin.Gives("whole", "Cache-Control: max-age=60");
        Assert.Equal("whole", (await fixture.AskAsync("/shop/a")).Body);
    }

    [Fact]
    public async Task Upstream_Unreachable_IsAProblemWithoutAHang()
    {
        await using var fixture = await CachedRouteFixture.StartAsync("--ReverseProxy:Clusters:shop:Destinations:a:Address=http://127.0.0.1:1/");
        Assert.Equal(502, (await fixture.AskAsync("/shop/a")).Status);
    }
}
