using Gateway.Origin;
using Gateway.Responses;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Responses;

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
    public void IsNotModified_IfNoneMatch_ComparesTagsWeakly(string header, bool expected) =>
        Assert.Equal(expected, Conditions.IsNotModified(new HeaderDictionary { ["If-None-Match"] = header }, Head, isHeld: true, TimeProvider.System));

    [Theory]
    [InlineData(Modified, true)]
    [InlineData("Sat, 21 Nov 2026 01:00:01 GMT", true)]
    [InlineData("Sat, 21 Nov 2026 00:59:59 GMT", false)]
    [InlineData("yesterday", false)]
    public void IsNotModified_IfModifiedSince_ComparesDates(string header, bool expected) =>
        Assert.Equal(expected, Conditions.IsNotModified(new HeaderDictionary { ["If-Modified-Since"] = header }, Head, isHeld: true, TimeProvider.System));

    [Theory]
    [InlineData(true, Modified, true)]
    [InlineData(true, "Sun, 06 Nov 1994 08:49:36 GMT", false)]
    [InlineData(false, Modified, false)]
    public void IsNotModified_StoredWithoutLastModified_UsesItsDate(bool isHeld, string since, bool expected)
    {
        var head = new ResponseHead(200, [new HeaderLine("Date", Modified)]);
        Assert.Equal(expected, Conditions.IsNotModified(new HeaderDictionary { ["If-Modified-Since"] = since }, head, isHeld, TimeProvider.System));
    }

    [Fact]
    public void IsNotModified_TagBesideDate_TagDecides() =>
        Assert.False(Conditions.IsNotModified(new HeaderDictionary { ["If-None-Match"] = "\"x\"", ["If-Modified-Since"] = Modified }, Head, isHeld: true, TimeProvider.System));

    [Theory]
    [InlineData("\"a,b\"", true)]
    [InlineData("W/\"a,b\"", false)]
    [InlineData("\"x\"", false)]
    [InlineData(Modified, true)]
    [InlineData("Sat, 21 Nov 2026 01:00:01 GMT", false)]
    public void RangeHolds_IfRange_OnlyForTheSameVersion(string header, bool expected) => Assert.Equal(expected, Conditions.RangeHolds(header, Head));

    [Fact]
    public void Conditions_NoneInTheRequest_AlwaysHold()
    {
        Assert.False(Conditions.IsNotModified(new HeaderDictionary(), Head, isHeld: true, TimeProvider.System));
        Assert.True(Conditions.RangeHolds(default, Head));
    }
}
