using System.Globalization;
using Gateway.FunctionalTests.Common;
using Gateway.Knobs;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.CachedRoutes;

/// <summary>An operator's own route with <c>Gateway.Cache=true</c> is a caching reverse proxy, by the book.</summary>
public sealed class CachedRouteTests
{
    private const string Tag = "\"v1\"";
    private const string Modified = "Sun, 06 Nov 1994 08:49:37 GMT";

    [Fact]
    public async Task Fresh_IsAskedForOnce_AndSaysItsAge()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", "Cache-Control: max-age=60", "Age: 7", "X-Made: here");
        var first = await house.AskAsync("/shop/a?x=1");
        var second = await house.AskAsync("/shop/a?x=1");

        Assert.Equal("gateway; fwd=uri-miss; fwd-status=200; stored", first.Cache);
        Assert.StartsWith("gateway; hit; ttl=", second.Cache, StringComparison.Ordinal);
        Assert.InRange(int.Parse(second["Age"]!, CultureInfo.InvariantCulture), 7, 59);
        Assert.Equal("1.1 gateway", second["Via"]);
        Assert.Equal("here", second["X-Made"]);
        Assert.Equal("hello", second.Body);
        Assert.Equal("/shop/a?x=1", Assert.Single(house.Origin.Requests).Target);
    }

    [Fact]
    public async Task RouteWithoutTheMetadata_IsForwarded()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", "Cache-Control: max-age=60");
        await house.AskAsync("/plain/a");
        var second = await house.AskAsync("/plain/a");
        Assert.Null(second.Cache);
        Assert.Equal(2, house.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("private, max-age=60")]
    [InlineData("")]
    public async Task NotToBeKept_IsAskedForEachTime(string cacheControl)
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", $"Cache-Control: {cacheControl}");
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal("gateway; fwd=uri-miss; fwd-status=200", (await house.AskAsync("/shop/a")).Cache);
            Assert.Equal(i, house.Origin.Requests.Count);
        }
    }

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 304)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 304)]
    [InlineData("Sun Nov  6 08:49:37 1994", 304)]
    [InlineData("Sun, 06 Nov 1994 08:49:36 GMT", 200)]
    [InlineData("1994-11-06T08:49:37Z", 200)]
    public async Task IfModifiedSince_EveryFormOfDate_IsUnderstoodColdAndHeld(string since, int status)
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", "Cache-Control: max-age=60", $"Last-Modified: {Modified}");
        for (var round = 0; round < 2; round++)
        {
            var answer = await house.AskAsync("/shop/a", null, $"If-Modified-Since: {since}");
            Assert.Equal(status, answer.Status);
            Assert.Equal(status == 304 ? "" : "hello", answer.Body);
        }

        Assert.Null(Assert.Single(house.Origin.Requests)["If-Modified-Since"]);
    }

    [Fact]
    public async Task Stale_IsConfirmedByUpstream_AndToTheClientByItsOwnTag()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", "Cache-Control: max-age=10", "Age: 20", $"ETag: {Tag}");
        await house.AskAsync("/shop/a");
        house.Origin.Answer = context =>
        {
            context.Response.StatusCode = 304;
            context.Response.Headers.ETag = Tag;
            context.Response.Headers.CacheControl = "max-age=60";
            return Task.CompletedTask;
        };
        var confirmed = await house.AskAsync("/shop/a");
        Assert.Equal((200, "hello"), (confirmed.Status, confirmed.Body));
        Assert.StartsWith("gateway; fwd=stale; fwd-status=304", confirmed.Cache, StringComparison.Ordinal);
        Assert.Equal(Tag, house.Origin.Requests.Last()["If-None-Match"]);
        var known = await house.AskAsync("/shop/a", null, $"If-None-Match: W/{Tag}");
        Assert.Equal((304, ""), (known.Status, known.Body));
        Assert.Equal(2, house.Origin.Requests.Count);
    }

    [Fact]
    public async Task StaleWhileRevalidate_IsGivenAtOnce_AndRenewed()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("old", "Cache-Control: max-age=10, stale-while-revalidate=600", "Age: 20");
        await house.AskAsync("/shop/a");
        house.Origin.Answer = Gives("new", "Cache-Control: max-age=600");
        Assert.Equal("old", (await house.AskAsync("/shop/a")).Body);
        await Patience.UntilAsync(async () => (await house.AskAsync("/shop/a")).Body == "new");
        Assert.Equal(2, house.Origin.Requests.Count);
    }

    [Fact]
    public async Task StaleIfError_IsGivenWhenUpstreamIsBroken()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("old", "Cache-Control: max-age=10, stale-if-error=600", "Age: 20");
        await house.AskAsync("/shop/a");
        house.Origin.Answer = Status(503);
        var answer = await house.AskAsync("/shop/a");
        Assert.Equal((200, "old"), (answer.Status, answer.Body));
        Assert.Equal("gateway; fwd=stale; fwd-status=503", answer.Cache);
        Assert.InRange(int.Parse(answer["Age"]!, CultureInfo.InvariantCulture), 20, 600);
    }

    [Fact]
    public async Task UpstreamsError_GoesOutAsItIs_AskedOnce()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("closed for lunch");
        };
        var answer = await house.AskAsync("/shop/a");
        Assert.Equal((503, "closed for lunch"), (answer.Status, answer.Body));
        Assert.Single(house.Origin.Requests);
    }

    [Fact]
    public async Task Redirect_GoesOut_AndIsKeptWhenItMayBe()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = context =>
        {
            context.Response.StatusCode = 301;
            context.Response.Headers.Location = "http://elsewhere.invalid/b";
            context.Response.Headers.CacheControl = "max-age=60";
            return Task.CompletedTask;
        };
        await house.AskAsync("/shop/a");
        var second = await house.AskAsync("/shop/a");
        Assert.Equal((301, "http://elsewhere.invalid/b"), (second.Status, second["Location"]));
        Assert.Single(house.Origin.Requests);
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "cde", "bytes 2-4/10")]
    [InlineData("bytes=-3", 206, "hij", "bytes 7-9/10")]
    [InlineData("bytes=8-", 206, "ij", "bytes 8-9/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=0-1,4-5", 200, "abcdefghij", null)]
    public async Task Range_OfAnOriginWithoutRanges_IsCutOutHere(string range, int status, string body, string? contentRange)
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("abcdefghij", "Cache-Control: max-age=60");
        for (var round = 0; round < 2; round++)
        {
            var answer = await house.AskAsync("/shop/a", null, $"Range: {range}");
            Assert.Equal((status, body, contentRange), (answer.Status, answer.Body, answer["Content-Range"]));
        }

        Assert.Single(house.Origin.Requests);
    }

    [Fact]
    public async Task Head_OfAHeldObject_AsksNobody()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", "Cache-Control: max-age=60");
        await house.AskAsync("/shop/a");
        var head = await house.AskAsync("/shop/a", HttpMethod.Head);
        Assert.Equal((200, "5", ""), (head.Status, head["Content-Length"], head.Body));
        Assert.Single(house.Origin.Requests);
    }

    [Fact]
    public async Task Vary_KeepsThemApart()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = context => Gives(context.Request.Headers.AcceptLanguage.ToString(), "Cache-Control: max-age=60", "Vary: Accept-Language")(context);
        foreach (var language in new[] { "de", "en", "de", "en" })
            Assert.Equal(language, (await house.AskAsync("/shop/a", null, $"Accept-Language: {language}")).Body);
        Assert.Equal(2, house.Origin.Requests.Count);
    }

    [Fact]
    public async Task Host_KeepsThemApart()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = context => Gives(context.Request.Headers["X-Forwarded-Host"].ToString(), "Cache-Control: max-age=60")(context);
        Assert.Equal("a.example", (await house.AskAsync("/shop/a", null, "Host: a.example")).Body);
        Assert.Equal("b.example", (await house.AskAsync("/shop/a", null, "Host: b.example")).Body);
        Assert.Equal("a.example", (await house.AskAsync("/shop/a", null, "Host: A.example")).Body);
        Assert.Equal(2, house.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("max-age=60", 2)]
    [InlineData("max-age=60, public", 1)]
    [InlineData("s-maxage=60", 1)]
    public async Task Authorization_GoesUp_AndItsAnswerIsSharedOnlyByPermission(string cacheControl, int asked)
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", $"Cache-Control: {cacheControl}");
        await house.AskAsync("/shop/a", null, "Authorization: Bearer mine", "Cookie: a=b");
        await house.AskAsync("/shop/a", null, "Authorization: Bearer yours");
        Assert.Equal(asked, house.Origin.Requests.Count);
        Assert.Equal(("Bearer mine", "a=b"), (house.Origin.Requests.First()["Authorization"], house.Origin.Requests.First()["Cookie"]));
    }

    [Fact]
    public async Task SetCookie_IsForItsAskerAlone()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        var served = 0;
        house.Origin.Answer = context => Gives("hello", "Cache-Control: public, max-age=60", $"Set-Cookie: session={Interlocked.Increment(ref served)}")(context);
        Assert.Equal("session=1", (await house.AskAsync("/shop/a"))["Set-Cookie"]);
        Assert.Equal("session=2", (await house.AskAsync("/shop/a"))["Set-Cookie"]);
    }

    [Theory]
    [InlineData("POST", 201, 2)]
    [InlineData("DELETE", 204, 2)]
    [InlineData("POST", 500, 1)]
    [InlineData("OPTIONS", 200, 1)]
    public async Task UnsafeMethod_ThatSucceeds_DropsWhatIsHeld(string method, int status, int fetched)
    {
        await using var house = await CachedRouteHouse.StartAsync();
        var ordinary = Gives("hello", "Cache-Control: max-age=60");
        house.Origin.Answer = context => context.Request.Method == "GET" ? ordinary(context) : Status(status)(context);
        await house.AskAsync("/shop/a");
        var other = await house.AskAsync("/shop/a", new HttpMethod(method));
        Assert.Equal((status, "gateway; fwd=method"), (other.Status, other.Cache));
        await house.AskAsync("/shop/a");
        Assert.Equal(fetched, house.Origin.Requests.Count(r => r.Method == "GET"));
    }

    [Fact]
    public async Task Transforms_SayWhatIsAsked_AndHowHitsLook()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = Gives("hello", "Cache-Control: max-age=60");
        Assert.Equal("yes", (await house.AskAsync("/cut/a%20b"))["X-Shop"]);
        var hit = await house.AskAsync("/cut/a%20b");
        Assert.Equal("yes", hit["X-Shop"]);
        Assert.StartsWith("gateway; hit", hit.Cache, StringComparison.Ordinal);
        Assert.Equal("/a%20b", Assert.Single(house.Origin.Requests).Target);
    }

    [Fact]
    public async Task OnlyIfCached_WithNothingHeld_Is504_AndAsksNobody()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        Assert.Equal(504, (await house.AskAsync("/shop/a", null, "Cache-Control: only-if-cached")).Status);
        Assert.Empty(house.Origin.Requests);
    }

    [Fact]
    public async Task EventStream_ArrivesAsItIsSent()
    {
        await using var house = await CachedRouteHouse.StartAsync();
        var heard = new TaskCompletionSource();
        house.Origin.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await heard.Task.WaitAsync(Patience.Deadline);
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/shop/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await house.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("data: 1", await reader.ReadLineAsync().WaitAsync(Patience.Deadline));
        Assert.Equal("gateway; fwd=bypass", response.Headers.GetValues("Cache-Status").Single());
        heard.SetResult();
    }

    [Fact]
    public async Task BodyThatBreaks_CutsTheConnection_AndIsNotKept()
    {
        var sent = new TaskCompletionSource();
        await using var house = await CachedRouteHouse.StartAsync();
        house.Origin.Answer = async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await sent.Task.WaitAsync(Patience.Deadline);
            context.Abort();
        };
        using (var response = await house.Client.GetAsync("/shop/a", HttpCompletionOption.ResponseHeadersRead))
        {
            sent.SetResult();
            await Assert.ThrowsAnyAsync<IOException>(async () => await (await response.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null));
        }

        house.Origin.Answer = Gives("whole", "Cache-Control: max-age=60");
        Assert.Equal("whole", (await house.AskAsync("/shop/a")).Body);
    }

    [Fact]
    public async Task DeadUpstream_IsAProblem_NotAHang()
    {
        await using var house = await CachedRouteHouse.StartAsync("--ReverseProxy:Clusters:shop:Destinations:a:Address=http://127.0.0.1:1/");
        Assert.Equal(502, (await house.AskAsync("/shop/a")).Status);
    }

    [Fact]
    public void Metadata_ThatIsNeitherTrueNorFalse_IsRefused()
    {
        var wrong = Assert.Throws<WrongConfigurationException>(() => Gateway.Program.Build(
        [
            "--ReverseProxy:Clusters:shop:Destinations:a:Address=http://127.0.0.1:1/",
            "--ReverseProxy:Routes:shop:ClusterId=shop",
            "--ReverseProxy:Routes:shop:Match:Path=/shop",
            "--ReverseProxy:Routes:shop:Metadata:Gateway.Cache=yes",
        ]));
        Assert.Contains("ReverseProxy:Routes:shop:Metadata:Gateway.Cache", wrong.Message, StringComparison.Ordinal);
    }

    private static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private static RequestDelegate Gives(string body, params string[] fields) => context =>
    {
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            context.Response.Headers[field[..colon]] = field[(colon + 1)..].Trim();
        }

        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(body);
    };
}
