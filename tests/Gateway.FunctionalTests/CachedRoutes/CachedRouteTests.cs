using System.Globalization;
using Gateway.Configuration;

namespace Gateway.FunctionalTests.CachedRoutes;

/// <summary>An operator's own route with <c>Gateway.Cache=true</c> is a caching reverse proxy by RFC 9111.</summary>
public sealed class CachedRouteTests
{
    [Fact]
    public async Task Fresh_RequestedAgain_IsFetchedOnceAndCarriesItsAge()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60", "Age: 7", "X-Made: here");
        var first = await fixture.AskAsync("/shop/a?x=1");
        var second = await fixture.AskAsync("/shop/a?x=1");

        Assert.Equal("gateway; fwd=uri-miss; fwd-status=200; stored", first.Cache);
        Assert.StartsWith("gateway; hit; ttl=", second.Cache, StringComparison.Ordinal);
        Assert.InRange(int.Parse(second["Age"]!, CultureInfo.InvariantCulture), 7, 59);
        Assert.Equal("1.1 gateway", second["Via"]);
        Assert.Equal("here", second["X-Made"]);
        Assert.Equal("hello", second.Body);
        Assert.Equal("/shop/a?x=1", Assert.Single(fixture.Origin.Requests).Target);
    }

    [Fact]
    public async Task SteeringField_OfAClient_IsNotForwardedAndPoisonsNothing()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context => ScriptedOrigin.Gives($"for {context.Request.Headers["X-Original-URL"]} {context.Request.Headers["X-Tenant"]}", "Cache-Control: max-age=60")(context);
        string[] steering =
        [
            "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE", "X-Host: evil.example",
            "X-Forwarded-Server: evil.example", "X-Forwarded-Scheme: nothttps", "X-Forwarded-Port: 1", "Forwarded: host=evil.example",
        ];
        await fixture.AskAsync("/shop/a", null, [.. steering, "X-Tenant: one"]);
        Assert.Equal("for  one", (await fixture.AskAsync("/shop/a")).Body);
        var asked = Assert.Single(fixture.Origin.Requests);
        Assert.All(steering, field => Assert.Null(asked[field.Split(':')[0]]));
        // The X-Forwarded fields that YARP itself sets stay.
        Assert.NotNull(asked["X-Forwarded-Host"]);
    }

    [Fact]
    public async Task Response_WithTwoLengths_Is502()
    {
        await using var fixture = await CachedRouteFixture.StartAsync("--Gateway:Origin:Retries=0");
        fixture.Origin.Answer = async context =>
        {
            var upgrade = context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionTransportFeature>()!;
            await upgrade.Transport.Output.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello"u8.ToArray());
            context.Abort();
        };
        foreach (var path in new[] { "/shop/a", "/play/t/seg1.ts" }) Assert.Equal(502, (await fixture.AskAsync(path)).Status);
    }

    [Fact]
    public async Task Route_WithoutTheMetadata_IsForwarded()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60");
        await fixture.AskAsync("/plain/a");
        var second = await fixture.AskAsync("/plain/a");
        Assert.Null(second.Cache);
        Assert.Equal(2, fixture.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("private, max-age=60")]
    [InlineData("")]
    public async Task NotStorable_RequestedAgain_IsFetchedEachTime(string cacheControl)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", $"Cache-Control: {cacheControl}");
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal("gateway; fwd=uri-miss; fwd-status=200", (await fixture.AskAsync("/shop/a")).Cache);
            Assert.Equal(i, fixture.Origin.Requests.Count);
        }
    }

    [Fact]
    public async Task Redirect_FromUpstream_GoesOutAndIsStoredWhereAllowed()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context =>
        {
            context.Response.StatusCode = 301;
            context.Response.Headers.Location = "http://elsewhere.invalid/b";
            context.Response.Headers.CacheControl = "max-age=60";
            return Task.CompletedTask;
        };
        await fixture.AskAsync("/shop/a");
        var second = await fixture.AskAsync("/shop/a");
        Assert.Equal((301, "http://elsewhere.invalid/b"), (second.Status, second["Location"]));
        Assert.Single(fixture.Origin.Requests);
    }

    [Fact]
    public async Task Vary_DifferentLanguages_KeepsResponsesApart()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context => ScriptedOrigin.Gives(context.Request.Headers.AcceptLanguage.ToString(), "Cache-Control: max-age=60", "Vary: Accept-Language")(context);
        foreach (var language in new[] { "de", "en", "de", "en" })
            Assert.Equal(language, (await fixture.AskAsync("/shop/a", null, $"Accept-Language: {language}")).Body);
        Assert.Equal(2, fixture.Origin.Requests.Count);
    }

    [Fact]
    public async Task Host_DifferentNames_KeepsResponsesApart()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = context => ScriptedOrigin.Gives(context.Request.Headers["X-Forwarded-Host"].ToString(), "Cache-Control: max-age=60")(context);
        Assert.Equal("a.example", (await fixture.AskAsync("/shop/a", null, "Host: a.example")).Body);
        Assert.Equal("b.example", (await fixture.AskAsync("/shop/a", null, "Host: b.example")).Body);
        Assert.Equal("a.example", (await fixture.AskAsync("/shop/a", null, "Host: A.example")).Body);
        Assert.Equal(2, fixture.Origin.Requests.Count);
    }

    [Fact]
    public async Task ForwardedPrefix_OfAClientThroughATrustedProxy_PoisonsNothing()
    {
        await using var fixture = await CachedRouteFixture.StartAsync("--Gateway:Access:TrustedProxies:0=127.0.0.0/8");
        fixture.Origin.Answer = context => ScriptedOrigin.Gives($"[{context.Request.Headers["X-Forwarded-Prefix"]}]", "Cache-Control: max-age=60")(context);
        Assert.Equal("[/evil]", (await fixture.AskAsync("/shop/a", null, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Prefix: /evil")).Body);
        Assert.Equal("[]", (await fixture.AskAsync("/shop/a", null, "X-Forwarded-For: 203.0.113.9")).Body);
    }

    [Theory]
    [InlineData("max-age=60", 2)]
    [InlineData("max-age=60, public", 1)]
    [InlineData("s-maxage=60", 1)]
    public async Task Authorization_Forwarded_ResponseIsSharedOnlyByPermission(string cacheControl, int asked)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", $"Cache-Control: {cacheControl}");
        await fixture.AskAsync("/shop/a", null, "Authorization: Bearer mine", "Cookie: a=b");
        await fixture.AskAsync("/shop/a", null, "Authorization: Bearer yours");
        Assert.Equal(asked, fixture.Origin.Requests.Count);
        Assert.Equal(("Bearer mine", "a=b"), (fixture.Origin.Requests.First()["Authorization"], fixture.Origin.Requests.First()["Cookie"]));
    }

    [Fact]
    public async Task SetCookie_ByDefault_IsForItsRequesterAlone()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        var served = 0;
        fixture.Origin.Answer = context => ScriptedOrigin.Gives("hello", "Cache-Control: public, max-age=60", $"Set-Cookie: session={Interlocked.Increment(ref served)}")(context);
        Assert.Equal("session=1", (await fixture.AskAsync("/shop/a"))["Set-Cookie"]);
        Assert.Equal("session=2", (await fixture.AskAsync("/shop/a"))["Set-Cookie"]);
    }

    [Fact]
    public async Task SetCookie_OnARouteWithSharedCookies_IsStoredUnlikeThoseOfConfirmations()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60", "Set-Cookie: variant=b", "ETag: \"a\"");
        for (var i = 0; i < 2; i++) Assert.Equal("variant=b", (await fixture.AskAsync("/shared/a"))["Set-Cookie"]);
        Assert.Single(fixture.Origin.Requests);
        fixture.Origin.Answer = context =>
        {
            context.Response.Headers.SetCookie = "session=mine";
            return ScriptedOrigin.Status(304)(context);
        };
        await fixture.AskAsync("/shared/a", null, "Cache-Control: no-cache");
        Assert.Equal("variant=b", (await fixture.AskAsync("/shared/a"))["Set-Cookie"]);
    }

    [Theory]
    [InlineData("POST", 201, 2)]
    [InlineData("DELETE", 204, 2)]
    [InlineData("POST", 500, 1)]
    [InlineData("OPTIONS", 200, 1)]
    public async Task UnsafeMethod_Successful_InvalidatesTheStoredResponse(string method, int status, int fetched)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        var ordinary = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60");
        fixture.Origin.Answer = context => context.Request.Method == "GET" ? ordinary(context) : ScriptedOrigin.Status(status)(context);
        await fixture.AskAsync("/shop/a");
        var other = await fixture.AskAsync("/shop/a", new HttpMethod(method));
        Assert.Equal((status, "gateway; fwd=method"), (other.Status, other.Cache));
        await fixture.AskAsync("/shop/a");
        Assert.Equal(fetched, fixture.Origin.Requests.Count(r => r.Method == "GET"));
    }

    [Fact]
    public async Task Transforms_OfTheRoute_ApplyToUpstreamRequestsAndHits()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60");
        Assert.Equal("yes", (await fixture.AskAsync("/cut/a%20b"))["X-Shop"]);
        var hit = await fixture.AskAsync("/cut/a%20b");
        Assert.Equal("yes", hit["X-Shop"]);
        Assert.StartsWith("gateway; hit", hit.Cache, StringComparison.Ordinal);
        Assert.Equal("/a%20b", Assert.Single(fixture.Origin.Requests).Target);
    }

    [Fact]
    public async Task OnlyIfCached_NothingStored_Is504WithoutUpstreamRequest()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        var answer = await fixture.AskAsync("/shop/a", null, "Cache-Control: only-if-cached");
        Assert.Equal((504, "gateway"), (answer.Status, answer.Cache));
        Assert.Empty(fixture.Origin.Requests);
    }

    [Theory]
    [InlineData("Gateway.Cache")]
    [InlineData("Gateway.Cache.SharedCookies")]
    public void Metadata_NeitherTrueNorFalse_IsRefused(string key)
    {
        var wrong = Assert.Throws<WrongConfigurationException>(() => Gateway.Program.Build(
        [
            "--ReverseProxy:Clusters:shop:Destinations:a:Address=http://127.0.0.1:1/",
            "--ReverseProxy:Routes:shop:ClusterId=shop",
            "--ReverseProxy:Routes:shop:Match:Path=/shop",
            $"--ReverseProxy:Routes:shop:Metadata:{key}=yes",
        ]));
        Assert.Contains($"ReverseProxy:Routes:shop:Metadata:{key}:", wrong.Message, StringComparison.Ordinal);
    }
}
