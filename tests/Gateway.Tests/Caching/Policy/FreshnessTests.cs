using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Policy;

public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(3600, "Cache-Control: max-age=3600")]
    [InlineData(10, "Cache-Control: max-age=3600, s-maxage=10")]
    [InlineData(10, "Cache-Control: s-maxage=10", "Expires: Thu, 01 Jan 2026 13:00:00 GMT")]
    [InlineData(3600, "Expires: Thu, 01 Jan 2026 13:00:00 GMT", "Date: Thu, 01 Jan 2026 12:00:00 GMT")]
    [InlineData(3600, "Expires: Thu, 01 Jan 2026 13:00:00 GMT")]
    [InlineData(0, "Expires: Thu, 01 Jan 2026 11:00:00 GMT")]
    [InlineData(0, "Expires: 0")]
    [InlineData(0, "Expires: Thu, 01 Jan 2026 13:00:00 GMT", "Expires: Thu, 01 Jan 2026 14:00:00 GMT")]
    [InlineData(5, "Cache-Control: max-age=5", "Expires: Thu, 01 Jan 2026 13:00:00 GMT")]
    [InlineData(7, "CDN-Cache-Control: max-age=7", "Cache-Control: max-age=5", "Expires: 0")]
    [InlineData(null, "CDN-Cache-Control: foo", "Expires: Thu, 01 Jan 2026 13:00:00 GMT")]
    [InlineData(null, "Last-Modified: Thu, 01 Jan 2015 13:00:00 GMT")]
    [InlineData(null)]
    public void Lifetime_ExplicitFields_IsUpstreams(int? seconds, params string[] fields) =>
        Assert.Equal(seconds, (int?)Of(200, StorageRules.Http, fields).Lifetime?.TotalSeconds);

    [Theory]
    [InlineData(200, 3600)]
    [InlineData(206, 3600)]
    [InlineData(404, 2)]
    [InlineData(410, 2)]
    [InlineData(500, null)]
    [InlineData(302, null)]
    public void Lifetime_NotStated_IsThatOfTheRules(int status, int? seconds)
    {
        var rules = new StorageRules { DefaultLifetime = TimeSpan.FromHours(1) };
        Assert.Equal(seconds, (int?)Of(status, rules).Lifetime?.TotalSeconds);
    }

    [Fact]
    public void Lifetime_NotStatedForMedia_IsTheDefaultOption() =>
        Assert.Equal(TimeSpan.FromHours(2), Of(200, new StorageRules { KeptByDefault = true }).Lifetime);

    [Fact]
    public void Lifetime_NotStatedWithSetCookie_IsNone() =>
        Assert.Null(Of(200, new StorageRules { DefaultLifetime = TimeSpan.FromHours(1) }, "Set-Cookie: a=b").Lifetime);

    [Theory]
    [InlineData(200, 360, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT")]
    [InlineData(404, 360, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT")]
    [InlineData(200, 180, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT", "Date: Thu, 01 Jan 2026 11:30:00 GMT")]
    [InlineData(200, 86400, "Last-Modified: Thu, 01 Jan 2015 13:00:00 GMT")]
    [InlineData(200, 5, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT", "Cache-Control: max-age=5")]
    [InlineData(200, 0, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT", "Expires: 0")]
    [InlineData(200, null, "Last-Modified: Thu, 01 Jan 2026 13:00:00 GMT")]
    [InlineData(200, null, "Last-Modified: yesterday")]
    [InlineData(200, null, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT", "Set-Cookie: a=b")]
    [InlineData(302, null, "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT")]
    public void Lifetime_NotStatedWithLastModified_MayBeHeuristic(int status, int? seconds, params string[] fields)
    {
        var rules = new StorageRules { MayGuess = true, NegativeLifetime = TimeSpan.Zero };
        Assert.Equal(seconds, (int?)Of(status, rules, fields, share: 0.1).Lifetime?.TotalSeconds);
        if (!fields.Any(f => f.StartsWith("Cache-Control", StringComparison.Ordinal) || f.StartsWith("Expires", StringComparison.Ordinal)))
            Assert.Null(Of(status, rules, fields).Lifetime);
    }

    [Fact]
    public void Lifetime_LongerThanTheRules_IsBounded() =>
        Assert.Equal(TimeSpan.FromSeconds(4), Of(200, new StorageRules { MaxLifetime = TimeSpan.FromSeconds(4) }, "Cache-Control: max-age=100").Lifetime);

    [Theory]
    [InlineData(0)]
    [InlineData(7200, "Age: 7200")]
    [InlineData(7200, "Age: 7200, 0")]
    [InlineData(0, "Age: 0, 7200")]
    [InlineData(7200, "Age: 7200", "Age: 0")]
    [InlineData(7200, "Age: 7200;foo=bar")]
    [InlineData(2147483647, "Age: 2147483648")]
    [InlineData(0, "Age: abc")]
    [InlineData(0, "Age: -7200")]
    [InlineData(0, "Age: 7200.0")]
    [InlineData(60, "Date: Thu, 01 Jan 2026 11:59:00 GMT")]
    [InlineData(60, "Date: Thu, 01 Jan 2026 11:59:00 GMT", "Age: 10")]
    [InlineData(0, "Date: Thu, 01 Jan 2026 12:59:00 GMT")]
    public void Age_FieldsAtArrival_GiveTheInitialAge(int seconds, params string[] fields) => Assert.Equal(seconds, Of(200, StorageRules.Http, fields).InitialAge.TotalSeconds);

    [Fact]
    public void Age_SlowUpstream_CountsTheResponseTime()
    {
        var head = Heads.Of(200, ("Age", "10"));
        var freshness = Freshness.Of(head, head, StorageRules.Http, new CacheOptions(), Now - TimeSpan.FromSeconds(3), Now);
        Assert.Equal(13, freshness.InitialAge.TotalSeconds);
    }

    [Theory]
    [InlineData(30, 40, "Cache-Control: max-age=1, stale-while-revalidate=30, stale-if-error=40")]
    [InlineData(5, 6, "Cache-Control: max-age=1")]
    [InlineData(0, 0, "Cache-Control: max-age=1, must-revalidate, stale-while-revalidate=30, stale-if-error=40")]
    [InlineData(0, 0, "Cache-Control: max-age=1, proxy-revalidate")]
    [InlineData(0, 0, "Cache-Control: s-maxage=1")]
    [InlineData(0, 0, "Cache-Control: no-cache")]
    public void Staleness_StatedOrNot_IsUpstreamsThenThatOfTheRules(int whileRevalidate, int ifError, params string[] fields)
    {
        var rules = new StorageRules { StaleWhileRevalidate = TimeSpan.FromSeconds(5), StaleIfError = TimeSpan.FromSeconds(6) };
        var freshness = Of(200, rules, fields);
        Assert.Equal(whileRevalidate, freshness.StaleWhileRevalidate.TotalSeconds);
        Assert.Equal(ifError, freshness.StaleIfError.TotalSeconds);
    }

    private static Freshness Of(int status, StorageRules rules, params string[] fields) => Of(status, rules, fields, share: 0);

    private static Freshness Of(int status, StorageRules rules, string[] fields, double share)
    {
        var head = new ResponseHead(status, [.. fields.Select(f => f.Split(": ", 2)).Select(f => new HeaderLine(f[0], f[1]))]);
        var options = new CacheOptions { NegativeLifetime = TimeSpan.FromSeconds(2), DefaultLifetime = TimeSpan.FromHours(2), HeuristicShare = share };
        return Freshness.Of(head, head, rules, options, Now, Now);
    }
}
