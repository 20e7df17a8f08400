using Gateway.Origin;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Origin;

public sealed class OriginFetchTests
{
    [Fact]
    public async Task Fetch_AnsweringOrigin_GivesHeadBodyAndUrl()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.ContentType = "video/mp2t";
            c.Response.Headers.ETag = "\"1\"";
            return c.Response.WriteAsync("hello");
        });
        await using var street = await Street.OpenAsync(Street.Cluster("origin", upstream.Address + "base/"));
        await using var reply = await street.GetAsync("/a%2Fb/%7Ex;v=1/s%20eg.ts", "?x=%2f&y=~");
        Assert.True(reply.Answered);
        Assert.Equal(200, reply.Head.Status);
        Assert.Equal("\"1\"", reply.Head["etag"]);
        Assert.Equal("hello", await street.ReadAsync(reply));
        Assert.Equal(upstream.Address + "base/a%2Fb/%7Ex;v=1/s%20eg.ts?x=%2f&y=~", reply.FinalUrl);
        Assert.Equal("/base/a%2Fb/%7Ex;v=1/s%20eg.ts?x=%2f&y=~", Assert.Single(upstream.Requests).Target);
    }

    [Fact]
    public async Task Fetch_ClientFields_OnlyHarmlessOnesGoUpstream()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var street = await Street.OpenAsync([.. Street.Cluster("origin", upstream.Address), ("Gateway:Origin:BearerKeys:origin", "s3cret")]);
        var request = new OriginRequest
        {
            Address = new MediaAddress("origin", "/x", ""),
            Fields = [new("Accept-Language", "de"), new("Cookie", "a=b"), new("Authorization", "Bearer client"), new("CMCD-Session", "sid=1"), new("Connection", "x")],
        };
        await using var reply = await street.Fetch(request, street.Patience);
        var sent = Assert.Single(upstream.Requests).Headers;
        Assert.Equal("de", sent["Accept-Language"]);
        Assert.Equal("Bearer s3cret", sent["Authorization"]);
        Assert.Equal("identity", sent["Accept-Encoding"]);
        Assert.Equal("1.1 gateway", sent["Via"]);
        Assert.DoesNotContain("Cookie", sent.Keys);
        Assert.DoesNotContain("CMCD-Session", sent.Keys);
        Assert.DoesNotContain("X-Forwarded-For", sent.Keys);
    }

    [Theory]
    [InlineData("/x y")]
    [InlineData("/x\r\nHost: evil")]
    [InlineData("/../x")]
    [InlineData("/a/%2e%2e/x")]
    [InlineData("/a/..%2fx")]
    [InlineData("x")]
    [InlineData("//")]
    public async Task Fetch_PathThatCannotStandInARequestLine_IsNotSent(string path)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var street = await Street.OpenAsync(Street.Cluster("origin", upstream.Address));
        await using var reply = await street.GetAsync(path);
        if (path == "//") Assert.Equal("//", Assert.Single(upstream.Requests).Target);
        else
        {
            Assert.Equal(OriginFailure.BadAddress, reply.Failure);
            Assert.Empty(upstream.Requests);
        }
    }
}
