using Gateway.Origin;
using Gateway.Segments;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Segments;

public sealed class ConditionsTests
{
    private const string Modified = "Sat, 21 Nov 2026 01:00:00 GMT";

    private static readonly ResponseHead Head = new(200, [new("ETag", "\"a,b\""), new("Last-Modified", Modified)]);

    [Theory]
    [InlineData("\"a,b\"", true)]
    [InlineData("W/\"a,b\"", true)]
    [InlineData("\"x\", \"a,b\"", true)]
    [InlineData("*", true)]
    [InlineData("\"a\", \"b\"", false)]
    [InlineData("a,b", false)]
    [InlineData("\"a,b", false)]
    public void IsNotModified_ByTag(string header, bool expected) =>
        Assert.Equal(expected, Conditions.IsNotModified(new HeaderDictionary { ["If-None-Match"] = header }, Head, TimeProvider.System));

    [Theory]
    [InlineData(Modified, true)]
    [InlineData("Sat, 21 Nov 2026 01:00:01 GMT", true)]
    [InlineData("Sat, 21 Nov 2026 00:59:59 GMT", false)]
    [InlineData("yesterday", false)]
    public void IsNotModified_ByDate(string header, bool expected) =>
        Assert.Equal(expected, Conditions.IsNotModified(new HeaderDictionary { ["If-Modified-Since"] = header }, Head, TimeProvider.System));

    [Fact]
    public void IsNotModified_TagBesideDate_TagDecides() =>
        Assert.False(Conditions.IsNotModified(new HeaderDictionary { ["If-None-Match"] = "\"x\"", ["If-Modified-Since"] = Modified }, Head, TimeProvider.System));

    [Theory]
    [InlineData("\"a,b\"", true)]
    [InlineData("W/\"a,b\"", false)]
    [InlineData("\"x\"", false)]
    [InlineData(Modified, true)]
    [InlineData("Sat, 21 Nov 2026 01:00:01 GMT", false)]
    public void RangeHolds_OnlyForTheSameVersion(string header, bool expected) => Assert.Equal(expected, Conditions.RangeHolds(header, Head));
}
