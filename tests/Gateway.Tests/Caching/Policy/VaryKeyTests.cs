using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Testing;

namespace Gateway.Tests.Caching.Policy;

public sealed class VaryKeyTests
{
    [Theory]
    [InlineData(true, "Foo", "1", "1")]
    [InlineData(false, "Foo", "1", "2")]
    [InlineData(true, "foo", "1", "1")]
    [InlineData(true, "Foo", "a, b", "a,b")]
    [InlineData(true, "Foo", "a,  b", "a , b")]
    [InlineData(false, "Foo", "a, b", "b, a")]
    [InlineData(true, "Bar", "1", "2")]
    [InlineData(false, "Bar, Foo", "1", "2")]
    public void Request_SelectingFields_DecideWhetherItFits(bool fits, string vary, string then, string now)
    {
        var key = VaryKey.Of(Heads.Of(200, ("Vary", vary)), Heads.Lines(("Foo", then)));
        Assert.Equal(fits, key.Fits(Heads.Lines(("Foo", now))));
    }

    [Theory]
    [InlineData(true, "en, de", "de, en", null)]
    [InlineData(true, "en, de", "eN ,  De", null)]
    [InlineData(true, "de;q=0.5, en", "en;q=1.0,de;q=0.500", null)]
    [InlineData(false, "en, de", "en, de;q=0.9", null)]
    [InlineData(false, "en, de", "en", null)]
    [InlineData(false, "en;q=x", "en", null)]
    [InlineData(true, "en;q=x", "en;q=x", null)]
    [InlineData(true, "en, de", "fr;q=0.5, de;q=1.0", "de")]
    [InlineData(true, "en, de", "DE", "de")]
    [InlineData(false, "en, de", "fr, de;q=0.5", "de")]
    [InlineData(false, "en, de", "fr, de", "de")]
    [InlineData(false, "en, de", "de-AT", "de")]
    [InlineData(false, "en, de", "de;q=0", "de")]
    [InlineData(false, "en, de", "*", "de")]
    [InlineData(false, "en, de", "de", "de, en")]
    public void AcceptLanguage_DifferentSpelling_FitsByMeaning(bool fits, string then, string now, string? language)
    {
        (string, string)[] fields = language is null ? [("Vary", "accept-language")] : [("Vary", "accept-language"), ("Content-Language", language)];
        var key = VaryKey.Of(Heads.Of(200, fields), Heads.Lines(("Accept-Language", then)));
        Assert.Equal(fits, key.Fits(Heads.Lines(("Accept-Language", now))));
    }

    [Fact]
    public void Field_Absent_MatchesOnlyAbsent()
    {
        var key = VaryKey.Of(Heads.Of(200, ("Vary", "Foo")), []);
        Assert.True(key.Fits([]));
        Assert.False(key.Fits(Heads.Lines(("Foo", ""))));
    }

    [Fact]
    public void Field_SeveralLines_AreOneValue()
    {
        var key = VaryKey.Of(Heads.Of(200, ("Vary", "Foo")), Heads.Lines(("Foo", "1"), ("Foo", "2")));
        Assert.True(key.Fits(Heads.Lines(("Foo", "1, 2"))));
    }

    [Fact]
    public async Task Cache_SeveralVariants_KeepsThemApart()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(
            200,
            CacheFixture.Bytes(100, call.Request.Fields.Length > 0 ? call.Request.Fields[0].Value[0] : 0),
            ("Vary", "Accept-Encoding"),
            ("Cache-Control", "max-age=60"));
        foreach (var expected in new[] { CacheResult.Filled, CacheResult.Hit })
        {
            foreach (var encoding in new[] { "gzip", "br" })
            {
                var (result, body) = await fixture.GetAsync(CacheFixture.Request(fields: ("Accept-Encoding", encoding)));
                Assert.Equal(expected, result);
                Assert.Equal(CacheFixture.Bytes(100, encoding[0]), body);
            }
        }
    }

    [Fact]
    public async Task Follower_OfAnotherVariant_GetsItsOwn()
    {
        await using var fixture = new CacheFixture();
        var first = fixture.OpenAsync(CacheFixture.Request(fields: ("Accept-Encoding", "gzip")));
        var second = fixture.OpenAsync(CacheFixture.Request(fields: ("Accept-Encoding", "br")));
        (await fixture.Upstream.NextAsync()).Answer(200, [1], ("Vary", "Accept-Encoding"), ("Cache-Control", "max-age=60"));
        (await fixture.Upstream.NextAsync()).Answer(200, [2], ("Vary", "Accept-Encoding"), ("Cache-Control", "max-age=60"));
        using var one = await first.WaitAsync(Deadline.Value);
        using var two = await second.WaitAsync(Deadline.Value);
        Assert.Equal([1], await one.ReadAllAsync());
        Assert.Equal([2], await two.ReadAllAsync());
    }

    /// <summary>A client of HTTP/2 repeats a field of 32 KB with a byte.</summary>
    [Theory]
    [InlineData("Foo")]
    [InlineData("Accept-Language")]
    public void Field_OfThousandsOfMembers_CostsNoMemoryForEach(string name)
    {
        var fields = Heads.Lines((name, string.Join(',', Enumerable.Repeat("de;q=0.5", 3000))));
        var key = VaryKey.Of(Heads.Of(200, ("Vary", name), ("Content-Language", "de")), fields);
        Assert.InRange(Allocations.Least(() => key.Fits(fields)), 0, 1000);
        Assert.True(key.Fits(fields));
        Assert.False(key.Fits(Heads.Lines((name, "en"))));
    }
}
