using Gateway.Caching.Policy;
using Gateway.Testing;

namespace Gateway.Tests.Caching.Policy;

public sealed class CacheDirectivesTests
{
    [Theory]
    [InlineData("max-age=60", 60L)]
    [InlineData("MaX-aGe=60", 60L)]
    [InlineData("max-age=003600", 3600L)]
    [InlineData("max-age=\"3600\"", 3600L)]
    [InlineData("foo, max-age=60 ,bar", 60L)]
    [InlineData("max-age=2147483648", 2147483647L)]
    [InlineData("max-age=99999999999999999999999", 2147483647L)]
    [InlineData("max-age=1800, max-age=1", 1L)]
    [InlineData("max-age=1, max-age=1800", 1L)]
    [InlineData("max-age=abc", 0L)]
    [InlineData("max-age=-1", 0L)]
    [InlineData("max-age=3600.5", 0L)]
    [InlineData("max-age='3600'", 0L)]
    [InlineData("max-age", null)]
    [InlineData("max-age =3600", null)]
    [InlineData("max-age= 3600", null)]
    [InlineData("extension=\"max-age=3600\"", null)]
    [InlineData("extension=\"a,max-age=3600\"", null)]
    [InlineData("extension=\"a\\\",max-age=3600\"", null)]
    [InlineData("extension=\"max-age=3600\", max-age=1", 1L)]
    public void MaxAge_AnyValue_IsParsedByTheGrammar(string value, long? expected) =>
        Assert.Equal(expected, CacheDirectives.Of(Heads.Lines(("Cache-Control", value))).MaxAge);

    [Fact]
    public void CacheControl_SeveralLines_AreOneList()
    {
        var directives = CacheDirectives.Of(Heads.Lines(("Cache-Control", "max-age=1800"), ("X", "y"), ("cache-control", "nO-StOrE")));
        Assert.Equal(1800, directives.MaxAge);
        Assert.True(directives.NoStore);
    }

    [Theory]
    [InlineData("no-cache", true)]
    [InlineData("no-cache=\"Set-Cookie\"", true)]
    [InlineData("x-no-cache", false)]
    public void NoCache_WithFieldNames_MeansTheWhole(string value, bool expected) =>
        Assert.Equal(expected, CacheDirectives.Of(Heads.Lines(("Cache-Control", value))).NoCache);

    [Fact]
    public void Request_Pragma_CountsWithoutCacheControlOnly()
    {
        Assert.True(CacheDirectives.OfRequest(Heads.Lines(("Pragma", "no-cache"))).NoCache);
        Assert.False(CacheDirectives.OfRequest(Heads.Lines(("Pragma", "no-cache"), ("Cache-Control", "max-age=5"))).NoCache);
        Assert.False(CacheDirectives.OfRequest(Heads.Lines(("Pragma", "foo"))).NoCache);
    }

    [Fact]
    public void MaxStale_WithoutValue_AcceptsAnyStaleness() =>
        Assert.Equal(CacheDirectives.MostSeconds, CacheDirectives.OfRequest(Heads.Lines(("Cache-Control", "max-stale"))).MaxStale);

    [Theory]
    [InlineData("max-age=3600", 3600L)]
    [InlineData("foobar, max-age=3600", 3600L)]
    [InlineData("foo=bar;a=1, max-age=3600;x=?1", 3600L)]
    [InlineData("MaX-aGe=3600", 3600L)]
    [InlineData("max-age=99999999999", 2147483647L)]
    public void Targeted_ValidDictionary_ReplacesCacheControl(string value, long expected)
    {
        var directives = CacheDirectives.OfResponse(Heads.Of(200, ("CDN-Cache-Control", value), ("Cache-Control", "no-store")), out var targeted);
        Assert.True(targeted);
        Assert.False(directives.NoStore);
        Assert.Equal(expected, directives.MaxAge);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("max-age=10000, &&&&&")]
    [InlineData("max-age =100")]
    [InlineData("max-age= 100")]
    [InlineData("max-age=100,")]
    [InlineData("max-age=1234567890123456")]
    [InlineData("a=\"open")]
    [InlineData("a=1.")]
    [InlineData("a=:b")]
    [InlineData("=1")]
    public void Targeted_InvalidDictionary_IsIgnored(string value)
    {
        var directives = CacheDirectives.OfResponse(Heads.Of(200, ("CDN-Cache-Control", value), ("Cache-Control", "no-store")), out var targeted);
        Assert.False(targeted);
        Assert.True(directives.NoStore);
    }

    [Theory]
    [InlineData("max-age=\"10000\"")]
    [InlineData("max-age=-5")]
    [InlineData("max-age=1.5")]
    public void Targeted_WrongType_IsIgnoredAlone(string value)
    {
        var directives = CacheDirectives.OfResponse(Heads.Of(200, ("CDN-Cache-Control", value)), out var targeted);
        Assert.True(targeted);
        Assert.Null(directives.MaxAge);
    }

    [Fact]
    public void Targeted_SeveralFields_MostSpecificWins()
    {
        var head = Heads.Of(200, ("CDN-Cache-Control", "max-age=1"), ("StreamGateway-Cache-Control", "max-age=7"), ("Cache-Control", "max-age=9"));
        Assert.Equal(7, CacheDirectives.OfResponse(head, out _).MaxAge);
    }

    /// <summary>A client of HTTP/2 repeats a field of 32 KB with a byte.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("a=1")]
    [InlineData("No-Transform")]
    public void Field_OfThousandsOfMembers_CostsNoMemoryForEach(string member)
    {
        var fields = Heads.Lines(("Cache-Control", string.Join(',', Enumerable.Repeat(member, 5000)) + ",no-store"));
        Assert.InRange(Allocations.Least(() => CacheDirectives.OfRequest(fields)), 1, 1000);
        Assert.True(CacheDirectives.OfRequest(fields).NoStore);
    }
}
