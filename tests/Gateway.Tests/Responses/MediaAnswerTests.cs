using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Origin;
using Gateway.Responses;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Responses;

public sealed class MediaAnswerTests
{
    private const string Tag = "\"v1\"";

    private readonly DefaultHttpContext _context = new();

    [Fact]
    public void Begin_RangeOfAWhole_SendsThatPart()
    {
        Ask("GET", ("Range", "bytes=2-4"));
        Assert.Equal(new MediaAnswer(206, 2, 5, SendsBody: true), Begin(200, 10));
        Assert.Equal((206, 3L, "bytes 2-4/10"), Written());
    }

    [Theory]
    [InlineData("HEAD", "bytes=2-4", Tag, 200)]
    [InlineData("GET", "bytes=2-4", "\"v2\"", 200)]
    [InlineData("GET", "bytes=2-4,6-7", Tag, 200)]
    [InlineData("GET", "bytes=2-4", Tag, 404)]
    public void Begin_RangeThatDoesNotApply_SendsTheWhole(string method, string range, string ifRange, int status)
    {
        Ask(method, ("Range", range), ("If-Range", ifRange));
        Assert.Equal(new MediaAnswer(status, 0, 10, SendsBody: method == "GET"), Begin(status, 10));
        Assert.Equal((status, 10L, null), Written());
    }

    [Fact]
    public void Begin_RangeOfAnUnknownLength_SendsTheWholeOpenEnded()
    {
        Ask("GET", ("Range", "bytes=2-4"));
        var answer = Begin(200, null);
        Assert.True(answer.IsOpenEnded);
        Assert.Equal((200, null, null), Written());
    }

    [Fact]
    public void Begin_RangeBehindTheEnd_IsRefusedWithTheLength()
    {
        Ask("GET", ("Range", "bytes=10-"));
        var answer = Begin(200, 10);
        Assert.True(answer.IsRefused);
        Assert.False(answer.SendsBody);
        Assert.Equal("bytes */10", _context.Response.Headers.ContentRange);
        MediaAnswer.Withdraw(_context.Response);
        Assert.Equal(0, _context.Response.Headers.ContentRange.Count);
    }

    [Fact]
    public void Begin_ConditionMatchesTheStoredVersion_IsNotModifiedWithoutType()
    {
        Ask("GET", ("If-None-Match", Tag), ("Range", "bytes=2-4"));
        _context.Response.ContentType = "video/mp4";
        Assert.Equal(new MediaAnswer(304, 0, 0, SendsBody: false), Begin(200, 10));
        Assert.Equal((304, null, null), Written());
        Assert.Null(_context.Response.ContentType);
    }

    [Fact]
    public void Begin_ConditionOnAnErrorReply_ChangesNothing()
    {
        Ask("GET", ("If-None-Match", Tag));
        Assert.Equal(404, Begin(404, 10).Status);
    }

    [Fact]
    public void Begin_PartThatWasRequested_GoesOutAsItCame()
    {
        Ask("GET", ("Range", "bytes=2-4"));
        Assert.Equal(new MediaAnswer(206, 0, 3, SendsBody: true), Begin(206, 3, new HeaderLine("Content-Range", "bytes 2-4/10")));
        Assert.Equal((206, 3L, "bytes 2-4/10"), Written());
    }

    [Fact]
    public void Begin_PartThatWasNotRequested_Throws()
    {
        Ask("GET");
        Assert.Throws<BrokenBodyException>(() => Begin(206, 3, new HeaderLine("Content-Range", "bytes 2-4/10")));
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(205, null)]
    [InlineData(200, 10L)]
    public void Begin_StatusWithoutContent_DeclaresNoLength(int status, long? expected)
    {
        Ask("GET");
        Begin(status, 10);
        Assert.Equal(expected, _context.Response.ContentLength);
    }

    [Theory]
    [InlineData("77", 77L)]
    [InlineData("-1", null)]
    [InlineData("many", null)]
    public void Begin_HeadPassedOn_DeclaresUpstreamsLength(string declared, long? expected)
    {
        Ask("HEAD");
        var head = new ResponseHead(200, [new HeaderLine("Content-Length", declared)]);
        MediaAnswer.Begin(_context, new HeadReply(head, 0) { Result = CacheResult.Passed, Pass = PassReason.Method }, default, TimeProvider.System);
        Assert.Equal(expected, _context.Response.ContentLength);
    }

    private void Ask(string method, params (string Name, string Value)[] fields)
    {
        _context.Request.Method = method;
        foreach (var (name, value) in fields) _context.Request.Headers[name] = value;
    }

    private MediaAnswer Begin(int status, long? length, params HeaderLine[] fields) => MediaAnswer.Begin(
        _context, new HeadReply(new ResponseHead(status, [new HeaderLine("ETag", Tag), .. fields]), length) { Result = CacheResult.Hit }, RangeHeader.Read(_context.Request.Headers.Range), TimeProvider.System);

    private (int Status, long? Length, string? Range) Written() =>
        (_context.Response.StatusCode, _context.Response.ContentLength, _context.Response.Headers.ContentRange is [var range] ? range : null);
}
