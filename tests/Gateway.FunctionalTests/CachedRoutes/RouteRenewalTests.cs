using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.CachedRoutes;

/// <summary>Stored responses on a cached route are revalidated, renewed, and served stale where that is allowed.</summary>
public sealed class RouteRenewalTests
{
    private const string Tag = "\"v1\"";
    private const string Modified = "Sun, 06 Nov 1994 08:49:37 GMT";

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 304)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 304)]
    [InlineData("Sun Nov  6 08:49:37 1994", 304)]
    [InlineData("Sun, 06 Nov 1994 08:49:36 GMT", 200)]
    [InlineData("1994-11-06T08:49:37Z", 200)]
    public async Task IfModifiedSince_EveryFormOfDate_IsUnderstoodColdAndStored(string since, int status)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=60", $"Last-Modified: {Modified}");
        for (var round = 0; round < 2; round++)
        {
            var answer = await fixture.AskAsync("/shop/a", null, $"If-Modified-Since: {since}");
            Assert.Equal(status, answer.Status);
            Assert.Equal(status == 304 ? "" : "hello", answer.Body);
        }

        Assert.Null(Assert.Single(fixture.Origin.Requests)["If-Modified-Since"]);
    }

    [Theory]
    [InlineData("0.1", "DNT: 1", "gateway; hit; ttl=")]
    [InlineData("0.1", "Cookie: session=1", "gateway; fwd=uri-miss; fwd-status=200")]
    [InlineData("0.1", "Authorization: Basic bWU6bWU=", "gateway; fwd=uri-miss; fwd-status=200")]
    [InlineData("0", "DNT: 1", "gateway; fwd=stale")]
    public async Task Lifetime_NotStated_IsHeuristicWhereConfigured(string share, string field, string status)
    {
        await using var fixture = await CachedRouteFixture.StartAsync($"--Gateway:Cache:HeuristicShare={share}");
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", $"Last-Modified: {Modified}");
        await fixture.AskAsync("/shop/a", null, field);
        Assert.StartsWith(status, (await fixture.AskAsync("/shop/a", null, field)).Cache, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cookie: session=1")]
    [InlineData("Authorization: Basic bWU6bWU=")]
    public async Task HeuristicFreshness_RequestWithACookie_IsNotUsed(string field)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", $"Last-Modified: {Modified}");
        await fixture.AskAsync("/shop/a");
        Assert.StartsWith("gateway; hit", (await fixture.AskAsync("/shop/a")).Cache, StringComparison.Ordinal);
        Assert.StartsWith("gateway; fwd=request", (await fixture.AskAsync("/shop/a", null, field)).Cache, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfOneClientWithOnlyADate_IsNotServedToTheNext()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        // Some frameworks send the date of their template.
        fixture.Origin.Answer = context => context.Request.Headers.IfModifiedSince.Count > 0
            ? ScriptedOrigin.Status(304)(context)
            : ScriptedOrigin.Gives($"hello {context.Request.Headers.Cookie}", $"Last-Modified: {Modified}")(context);
        Assert.Equal("hello alice", (await fixture.AskAsync("/shop/a", null, "Cookie: alice")).Body);
        Assert.Equal("hello bob", (await fixture.AskAsync("/shop/a", null, "Cookie: bob")).Body);
        Assert.Equal("hello ", (await fixture.AskAsync("/shop/a")).Body);
    }

    [Fact]
    public async Task Stale_Revalidated_ClientIsAnsweredByItsOwnTag()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=10", "Age: 20", $"ETag: {Tag}");
        await fixture.AskAsync("/shop/a");
        fixture.Origin.Answer = context =>
        {
            context.Response.StatusCode = 304;
            context.Response.Headers.ETag = Tag;
            context.Response.Headers.CacheControl = "max-age=60";
            return Task.CompletedTask;
        };
        var confirmed = await fixture.AskAsync("/shop/a");
        Assert.Equal((200, "hello"), (confirmed.Status, confirmed.Body));
        Assert.StartsWith("gateway; fwd=stale; fwd-status=304", confirmed.Cache, StringComparison.Ordinal);
        Assert.Equal(Tag, fixture.Origin.Requests.Last()["If-None-Match"]);
        var known = await fixture.AskAsync("/shop/a", null, $"If-None-Match: W/{Tag}");
        Assert.Equal((304, ""), (known.Status, known.Body));
        Assert.Equal(2, fixture.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("Set-Cookie", "session=mine")]
    [InlineData("Cache-Control", "private, max-age=60")]
    [InlineData("Cache-Control", "no-store")]
    public async Task Confirmation_ForOneUser_DoesNotReachTheNext(string name, string value)
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        var whole = ScriptedOrigin.Gives("hello", "Cache-Control: max-age=10", "Age: 20", $"ETag: {Tag}");
        fixture.Origin.Answer = whole;
        await fixture.AskAsync("/shop/a");
        fixture.Origin.Answer = context =>
        {
            context.Response.Headers[name] = value;
            context.Response.Headers.ETag = Tag;
            if (context.Request.Headers.IfNoneMatch.Count == 0) return ScriptedOrigin.Gives("mine")(context);
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        };
        Assert.Equal(value, (await fixture.AskAsync("/shop/a"))[name]);
        fixture.Origin.Answer = whole;
        var next = await fixture.AskAsync("/shop/a");
        Assert.Equal((200, "hello"), (next.Status, next.Body));
        Assert.NotEqual(value, next[name]);
    }

    [Fact]
    public async Task StaleWhileRevalidate_Stale_IsServedAtOnceAndRenewed()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("old", "Cache-Control: max-age=10, stale-while-revalidate=600", "Age: 20");
        await fixture.AskAsync("/shop/a");
        fixture.Origin.Answer = ScriptedOrigin.Gives("new", "Cache-Control: max-age=600");
        Assert.Equal("old", (await fixture.AskAsync("/shop/a")).Body);
        await Patience.UntilAsync(async () => (await fixture.AskAsync("/shop/a")).Body == "new");
        Assert.Equal(2, fixture.Origin.Requests.Count);
    }

    [Fact]
    public async Task StaleIfError_UpstreamFails_IsServed()
    {
        await using var fixture = await CachedRouteFixture.StartAsync();
        fixture.Origin.Answer = ScriptedOrigin.Gives("old", "Cache-Control: max-age=10, stale-if-error=600", "Age: 20");
        await fixture.AskAsync("/shop/a");
        fixture.Origin.Answer = ScriptedOrigin.Status(503);
        var answer = await fixture.AskAsync("/shop/a");
        Assert.Equal((200, "old"), (answer.Status, answer.Body));
        Assert.Equal("gateway; fwd=stale; fwd-status=503", answer.Cache);
        Assert.InRange(int.Parse(answer["Age"]!, CultureInfo.InvariantCulture), 20, 600);
    }
}
