using Gateway.Caching;
using Gateway.Caching.Policy;

namespace Gateway.Tests.Caching.Policy;

/// <summary>What a 304 or a HEAD may change in a stored response that everybody gets.</summary>
public sealed class ValidationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Body = CacheFixture.Bytes(5000);
    private static readonly StorageRules Route = new() { CookiesArePersonal = true };
    private static readonly (string, string)[] Stored = [("Cache-Control", "max-age=60"), ("ETag", "\"a\"")];

    [Theory]
    [InlineData("Renews", "Cache-Control", "max-age=60")]
    [InlineData("Renews", "Cache-Control", "max-age=0")]
    [InlineData("Renews", "X-New", "1")]
    [InlineData("Renews", "ETag", "W/\"a\"")]
    [InlineData("AskerOnly", "Set-Cookie", "session=1")]
    [InlineData("Withdraws", "Cache-Control", "private")]
    [InlineData("Withdraws", "Cache-Control", "no-store")]
    [InlineData("Withdraws", "Vary", "*")]
    [InlineData("Withdraws", "CDN-Cache-Control", "no-store")]
    [InlineData("OfAnother", "ETag", "\"b\"")]
    [InlineData("OfAnother", "ETag", "W/\"b\"")]
    public void Confirmation_AnyFields_IsJudgedLikeAStoredResponse(string expected, string name, string value)
    {
        foreach (var status in new[] { 304, 200 })
        {
            var request = new CacheRequest { Address = CacheFixture.Request().Address, Rules = Route, HeadOnly = status == 200 };
            if (status == 200 && name == "ETag" && value.StartsWith("W/", StringComparison.Ordinal)) continue;
            Assert.Equal(expected, Judge(request, status, (name, value)).ToString());
        }
    }

    [Theory]
    [InlineData("AskerOnly", "Authorization", "Basic eA==", "max-age=60")]
    [InlineData("Renews", "Authorization", "Basic eA==", "max-age=60, public")]
    [InlineData("AskerOnly", "Cache-Control", "no-store", "max-age=60")]
    public void Confirmation_ToAPersonalRequest_IsForThatUser(string expected, string name, string value, string cacheControl) =>
        Assert.Equal(expected, Judge(CacheFixture.Request(rules: Route, fields: (name, value)), 304, ("Cache-Control", cacheControl)).ToString());

    [Theory]
    [InlineData("Renews", "Thu, 01 Jan 2026 11:00:00 GMT", null)]
    [InlineData("OfAnother", "Thu, 01 Jan 2026 11:30:00 GMT", null)]
    [InlineData("Renews", "Thu, 01 Jan 2026 11:30:00 GMT", "\"a\"")]
    public void Confirmation_ETagBeforeDate_NamesTheVersion(string expected, string modified, string? tag)
    {
        (string, string)[] both = [("Last-Modified", modified), .. tag is null ? Array.Empty<(string, string)>() : [("ETag", tag)]];
        var held = Heads.Of(200, [.. Stored, ("Last-Modified", "Thu, 01 Jan 2026 11:00:00 GMT")]);
        Assert.Equal(expected, Validation.Of(CacheFixture.Request(), held, Heads.Of(304, both), new CacheOptions(), Now, Now).Verdict.ToString());
    }

    [Fact]
    public void Confirmation_NoStoreWithCookie_StillForbidsStoring() =>
        Assert.Equal(ValidationVerdict.Withdraws, Judge(CacheFixture.Request(rules: Route), 304, ("Cache-Control", "private"), ("Set-Cookie", "session=1")));

    [Fact]
    public void Confirmation_OfMedia_DropsItsCookies()
    {
        var held = Heads.Of(200, [.. Stored, ("Set-Cookie", "old=1")]);
        var validation = Validation.Of(
            CacheFixture.Request(), held, Heads.Of(304, ("Set-Cookie", "session=1"), ("Cache-Control", "max-age=9")), new CacheOptions(), Now, Now);
        Assert.Equal(ValidationVerdict.Renews, validation.Verdict);
        Assert.Equal("old=1", validation.Head.Combined("Set-Cookie"));
        Assert.Equal("max-age=9", validation.Head["Cache-Control"]);
    }

    [Theory]
    [InlineData("Set-Cookie", "session=mine", null)]
    [InlineData("X-New", "1", "Basic eA==")]
    public async Task Confirmation_ForOneUser_ReachesNobodyElse(string name, string value, string? authorization)
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        fixture.Upstream.Answers = call => call.Head(304, null, ("Cache-Control", "max-age=60"), (name, value)).End();
        (string, string)[] fields = authorization is null ? [] : [("Authorization", authorization)];
        using (var mine = await fixture.OpenAsync(CacheFixture.Request(rules: Route, fields: fields)).WaitAsync(Deadline.Value))
        {
            Assert.Equal(CacheResult.Revalidated, mine.Result);
            Assert.Equal(value, mine.Head[name]);
            Assert.Equal(Body, await mine.ReadAllAsync());
        }

        fixture.Upstream.Answers = call => call.Head(304, null, ("Cache-Control", "max-age=60")).End();
        using var yours = await fixture.OpenAsync(CacheFixture.Request(rules: Route)).WaitAsync(Deadline.Value);
        Assert.Null(yours.Head[name]);
        Assert.Equal(CacheResult.Revalidated, yours.Result);
        Assert.Equal(3, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Confirmation_ForOneUser_FollowersFetchThemselves()
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        var asked = 0;
        var opens = Enumerable.Range(0, 5).Select(_ => fixture.OpenAsync(CacheFixture.Request(rules: Route))).ToArray();
        var first = await fixture.Upstream.NextAsync();
        fixture.Upstream.Answers = call => call.Head(304, null, ("Set-Cookie", $"session={Interlocked.Increment(ref asked)}")).End();
        first.Head(304, null, ("Set-Cookie", "session=0")).End();
        var cookies = new HashSet<string?>();
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.True(cookies.Add(reply.Head["Set-Cookie"]));
            Assert.Equal(Body, await reply.ReadAllAsync());
            reply.Dispose();
        }
    }

    [Theory]
    [InlineData("Cache-Control", "private")]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("ETag", "\"b\"")]
    public async Task Confirmation_OfAnotherVersion_IsFetchedAgainWithoutACondition(string name, string value)
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        var open = fixture.OpenAsync(CacheFixture.Request(rules: Route));
        var conditional = await fixture.Upstream.NextAsync();
        Assert.Equal("\"a\"", conditional.Request.IfNoneMatch);
        conditional.Head(304, null, (name, value)).End();
        var whole = await fixture.Upstream.NextAsync();
        Assert.Null(whole.Request.IfNoneMatch);
        Assert.Null(whole.Request.IfModifiedSince);
        whole.Answer(200, [1, 2, 3], (name, value));
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal([1, 2, 3], await reply.ReadAllAsync());
        Assert.Equal(value, reply.Head[name]);
    }

    [Fact]
    public async Task Confirmation_ChangesVary_KeepsUsersApart()
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        fixture.Upstream.Answers = call => call.Head(304, null, ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")).End();
        await fixture.GetAsync(CacheFixture.Request(rules: Route, fields: ("Accept-Language", "de")));
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(CacheFixture.Request(rules: Route, fields: ("Accept-Language", "de")))).Result);
        fixture.Upstream.Answers = call => call.Answer(200, [7], ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"));
        Assert.Equal([7], (await fixture.GetAsync(CacheFixture.Request(rules: Route, fields: ("Accept-Language", "en")))).Body);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("no-store")]
    public async Task Head_ForbidsStoring_RemovesTheStoredResponse(string cacheControl)
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        fixture.Upstream.Answers = call => call.Head(200, 5000, ("ETag", "\"a\""), ("Cache-Control", cacheControl)).End();
        using (await fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = Route, HeadOnly = true }).WaitAsync(Deadline.Value))
        {
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        await Deadline.Until(() => fixture.Parts.Budget.Used == 0);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Head_Failed_LeavesTheStoredResponse(int status)
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        fixture.Upstream.Answers = call => call.Head(status, 5, ("ETag", "\"b\""), ("Cache-Control", "no-store")).End();
        using (await fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = Route, HeadOnly = true }).WaitAsync(Deadline.Value))
        {
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.NotEqual(0, fixture.Parts.Budget.Used);
    }

    [Fact]
    public async Task Head_WithACookie_ChangesNothingForOthers()
    {
        await using var fixture = new CacheFixture();
        await StoreStaleAsync(fixture);
        fixture.Upstream.Answers = call => call.Head(200, 5000, ("ETag", "\"a\""), ("Cache-Control", "max-age=60"), ("Set-Cookie", "session=1")).End();
        using (await fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = Route, HeadOnly = true }).WaitAsync(Deadline.Value))
        {
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Upstream.Answers = call => call.Head(304, null, ("Cache-Control", "max-age=60")).End();
        using var reply = await fixture.OpenAsync(CacheFixture.Request(rules: Route)).WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Revalidated, reply.Result);
        Assert.Null(reply.Head["Set-Cookie"]);
    }

    [Theory]
    [InlineData(304)]
    [InlineData(200)]
    public async Task LimitedFreshness_AfterRevalidation_StillHolds(int status)
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("ETag", "\"a\""));
        using (var reply = await fixture.OpenAsync(CacheFixture.Request())) reply.LimitFreshness(TimeSpan.FromSeconds(1));
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        fixture.Upstream.Answers = call => call.Head(status, status == 200 ? 5000 : null, ("ETag", "\"a\"")).End();
        using (await fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, HeadOnly = status == 200 }).WaitAsync(Deadline.Value))
        {
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        using var renewed = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Hit, renewed.Result);
        Assert.Equal(TimeSpan.FromSeconds(1), renewed.FreshFor);
    }

    [Fact]
    public async Task LimitedFreshness_StaleWhileRevalidate_IsBoundedAsWell()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60, stale-while-revalidate=600"));
        using (var reply = await fixture.OpenAsync(CacheFixture.Request())) reply.LimitFreshness(TimeSpan.FromSeconds(2));
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CacheResult.Stale, (await fixture.GetAsync(CacheFixture.Request())).Result);
        (await fixture.Upstream.NextAsync()).Fail(Gateway.Origin.OriginFailure.Unreachable);
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await fixture.StoreAsync("/a/seg1", [7]);
    }

    private static async Task StoreStaleAsync(CacheFixture fixture)
    {
        fixture.Upstream.Answers = call => call.Answer(200, Body, Stored);
        await fixture.GetAsync(CacheFixture.Request(rules: Route));
        fixture.Upstream.Answers = null;
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
    }

    private static ValidationVerdict Judge(CacheRequest request, int status, params (string Name, string Value)[] fields) =>
        Validation.Of(request, Heads.Of(200, Stored), Heads.Of(status, fields), new CacheOptions(), Now, Now).Verdict;
}
