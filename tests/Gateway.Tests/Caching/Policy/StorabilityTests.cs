using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;

namespace Gateway.Tests.Caching.Policy;

public sealed class StorabilityTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("None", 200, "max-age=60")]
    [InlineData("None", 404, "max-age=60")]
    [InlineData("None", 599, "max-age=60")]
    [InlineData("NoStore", 200, "no-store, max-age=60")]
    [InlineData("Private", 200, "private, max-age=60")]
    [InlineData("Private", 200, "private=\"Set-Cookie\", max-age=60")]
    [InlineData("NoLifetime", 200, "")]
    [InlineData("NoLifetime", 200, "max-age=0")]
    [InlineData("NoLifetime", 200, "no-cache, max-age=60")]
    [InlineData("Status", 500, "")]
    [InlineData("Status", 416, "max-age=60")]
    [InlineData("Status", 429, "max-age=60")]
    [InlineData("Status", 511, "max-age=60")]
    [InlineData("Partial", 206, "max-age=60")]
    [InlineData("Partial", 304, "max-age=60")]
    [InlineData("None", 200, "no-store, must-understand, max-age=60")]
    [InlineData("Status", 499, "no-store, must-understand, max-age=60")]
    public void Response_StatusAndDirectives_DecideStorability(string expected, int status, string cacheControl) =>
        Assert.Equal(expected, Judge(CacheFixture.Request(rules: StorageRules.Http), status, ("Cache-Control", cacheControl)).ToString());

    [Fact]
    public void Response_WithValidator_IsStoredForRevalidation()
    {
        var request = CacheFixture.Request(rules: StorageRules.Http);
        Assert.Equal(PassReason.None, Judge(request, 200, ("ETag", "\"a\"")));
        Assert.Equal(PassReason.None, Judge(request, 200, ("Cache-Control", "no-cache"), ("ETag", "\"a\"")));
        Assert.Equal(PassReason.None, Judge(request, 200, ("Cache-Control", "max-age=0"), ("Last-Modified", "Thu, 01 Jan 2026 11:00:00 GMT")));
    }

    [Theory]
    [InlineData("Authorization", "max-age=60")]
    [InlineData("None", "max-age=60, public")]
    [InlineData("None", "max-age=60, must-revalidate")]
    [InlineData("None", "s-maxage=60")]
    public void Authorization_WithoutPermission_IsNotStored(string expected, string cacheControl)
    {
        var request = CacheFixture.Request(rules: StorageRules.Http, fields: ("Authorization", "Basic eA=="));
        Assert.Equal(expected, Judge(request, 200, ("Cache-Control", cacheControl)).ToString());
    }

    [Fact]
    public void Request_NoStore_IsObeyed() =>
        Assert.Equal(PassReason.RequestNoStore, Judge(CacheFixture.Request(fields: ("Cache-Control", "no-store")), 200));

    [Theory]
    [InlineData("*")]
    [InlineData("*, *")]
    [InlineData(", *")]
    [InlineData("*, Foo")]
    [InlineData("Foo, *")]
    public void Vary_OnEverything_IsNotStored(string vary) => Assert.Equal(PassReason.VaryAny, Judge(CacheFixture.Request(), 200, ("Vary", vary)));

    [Fact]
    public void Vary_OnEverythingInALaterLine_IsNotStored() =>
        Assert.Equal(PassReason.VaryAny, Judge(CacheFixture.Request(), 200, ("Vary", "Foo"), ("Vary", "*")));

    [Theory]
    [InlineData(true, "Status", 503, false)]
    [InlineData(false, "NoLifetime", 200, false)]
    [InlineData(true, "NoLifetime", 200, true)]
    [InlineData(true, "NoStore", 200, true)]
    [InlineData(false, "NoStore", 503, false)]
    [InlineData(false, "Private", 503, true)]
    [InlineData(false, "Authorization", 200, true)]
    [InlineData(false, "VaryAny", 200, true)]
    public void NotStored_ByReasonAndStatus_IsSharedUnlessPersonal(bool expected, string reason, int status, bool share) =>
        Assert.Equal(expected, Storability.MayShareUnkept(Enum.Parse<PassReason>(reason), new StorageRules { ShareUnkept = share }, Heads.Of(status)));

    [Theory]
    [InlineData(true, 429, false)]
    [InlineData(false, 429, true)]
    [InlineData(true, 408, false)]
    [InlineData(false, 408, true)]
    [InlineData(true, 503, true)]
    [InlineData(false, 511, true)]
    [InlineData(false, 511, false)]
    public void NotStored_LimitOfOneUser_IsSharedOnlyWhereTheGatewayItselfAsks(bool expected, int status, bool upstreamSeesAsker) =>
        Assert.Equal(expected, Storability.MayShareUnkept(PassReason.Status, new StorageRules { UpstreamSeesAsker = upstreamSeesAsker }, Heads.Of(status)));

    private static PassReason Judge(CacheRequest request, int status, params (string Name, string Value)[] fields)
    {
        var head = Heads.Of(status, fields);
        var freshness = Freshness.Of(head, head, request.Rules, new CacheOptions { NegativeLifetime = TimeSpan.Zero }, Now, Now);
        return Storability.Judge(request, CacheDirectives.OfRequest(request.Fields), head, freshness);
    }
}
