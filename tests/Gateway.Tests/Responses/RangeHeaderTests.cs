using Gateway.Media;
using Gateway.Responses;
using Microsoft.Extensions.Primitives;

namespace Gateway.Tests.Responses;

public sealed class RangeHeaderTests
{
    [Theory]
    [InlineData("bytes=0-0", 10, 0, 1)]
    [InlineData("bytes=0-", 10, 0, 10)]
    [InlineData("bytes=3-5", 10, 3, 3)]
    [InlineData("bytes=3-99", 10, 3, 7)]
    [InlineData("Bytes = 3 - 5 ", 10, 3, 3)]
    [InlineData("bytes=-4", 10, 6, 4)]
    [InlineData("bytes=-40", 10, 0, 10)]
    [InlineData("bytes=9-9007199254740991", 10, 9, 1)]
    [InlineData("bytes=9-99999999999999999999999999", 10, 9, 1)]
    public void Resolve_OneRangeWithinTheLength_IsAPart(string header, long length, long offset, long count)
    {
        Assert.Equal(RangeVerdict.Part, RangeHeader.Read(header).Resolve(length, out var part));
        Assert.Equal(new ByteRange(offset, count), part);
    }

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=10-20", 10)]
    [InlineData("bytes=99999999999999999999-", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-1", 0)]
    public void Resolve_BehindTheEnd_IsUnsatisfiable(string header, long length) =>
        Assert.Equal(RangeVerdict.Unsatisfiable, RangeHeader.Read(header).Resolve(length, out _));

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5-3")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=1-2,4-5")]
    [InlineData("items=1-2")]
    [InlineData("bytes=1--2")]
    public void Resolve_NotOneRange_IsIgnored(string header) => Assert.Equal(RangeVerdict.Whole, RangeHeader.Read(header).Resolve(10, out _));

    [Theory]
    [InlineData("bytes=7-", 7L, ByteRange.ToEnd)]
    [InlineData("bytes=7-9", 7L, 3L)]
    [InlineData("bytes=-7", null, 0L)]
    [InlineData("bytes=9-7", null, 0L)]
    public void AsAsked_LengthUnknown_IsTheRangeAsItStands(string header, long? offset, long count) =>
        Assert.Equal(offset is { } first ? new ByteRange(first, count) : null, RangeHeader.Read(header).AsAsked);

    [Fact]
    public void Read_NoneOrSeveralLines_IsNotPresent()
    {
        Assert.False(RangeHeader.Read(default).IsPresent);
        Assert.False(RangeHeader.Read(new StringValues(["bytes=0-1", "bytes=3-4"])).IsPresent);
        Assert.Equal(RangeVerdict.Whole, RangeHeader.Read(new StringValues(["bytes=0-1", "bytes=3-4"])).Resolve(10, out _));
        Assert.True(RangeHeader.Read("nonsense").IsPresent);
    }
}
