using Gateway.Media;
using Gateway.Origin;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Origin;

public sealed class OriginRedirectTests
{
    [Fact]
    public async Task Fetch_RedirectWithinTheCluster_IsFollowedAndGivesTheFinalUrl()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            if (c.Request.Path == "/a/m.m3u8") c.Response.Redirect("../b%2Fc/m.m3u8?t=~");
            return c.Response.WriteAsync("there");
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/a/m.m3u8");
        Assert.Equal("there", await network.ReadAsync(reply));
        Assert.Equal(upstream.Address + "b%2Fc/m.m3u8?t=~", reply.FinalUrl);
        Assert.Equal(["/a/m.m3u8", "/b%2Fc/m.m3u8?t=~"], upstream.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task Fetch_RedirectToAnotherCluster_GoesThereWithoutTheFirstOnesKey()
    {
        await using var second = await LoopbackUpstream.StartAsync(c => c.Response.WriteAsync("second"));
        await using var first = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.Redirect(second.Address + "vod/x");
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", first.Address), .. UpstreamNetwork.Cluster("cdn", second.Address + "vod/"), ("ReverseProxy:Clusters:cdn:Metadata:Media", "true"), ("Gateway:Origin:BearerKeys:origin", "s3cret")]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal("second", await network.ReadAsync(reply));
        Assert.Equal("Bearer s3cret", Assert.Single(first.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("Authorization", Assert.Single(second.Requests).Headers.Keys);
    }

    [Fact]
    public async Task Fetch_RedirectToAMediaHost_IsAnsweredByTheClusterBehindIt()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            if (c.Request.Path == "/x") c.Response.Redirect("https://cdn.example.com/y");
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", upstream.Address), ("ReverseProxy:Clusters:origin:Metadata:Media.Hosts", "cdn.example.com")]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(200, reply.Head?.Status);
        Assert.Equal("https://cdn.example.com/y", reply.FinalUrl);
    }

    [Fact]
    public async Task Fetch_RedirectToAHostThatIsNotConfigured_IsRefused()
    {
        await using var other = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.Redirect(other.Address);
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(OriginFailure.BadRedirect, reply.Failure);
        Assert.Empty(other.Requests);
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData("/x", 1)]
    [InlineData("/?n", 6)]
    [InlineData("file:///etc/passwd", 1)]
    [InlineData("http://user:pw@127.0.0.1/", 1)]
    [InlineData("http://[broken", 1)]
    public async Task Fetch_RedirectThatLeadsNowhere_EndsWithinTheLimit(string location, int requests)
    {
        var n = 0;
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.StatusCode = 302;
            c.Response.Headers.Location = location == "/?n" ? $"/?{n++}" : location;
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(OriginFailure.BadRedirect, reply.Failure);
        Assert.Equal(requests, upstream.Requests.Count);
    }

    [Fact]
    public async Task Fetch_TemporaryRedirect_IsNotRemembered()
    {
        var n = 0;
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            if (c.Request.Path == "/live") c.Response.Redirect($"/edge{n++}");
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await (await network.GetAsync("/live")).DisposeAsync();
        await (await network.GetAsync("/live")).DisposeAsync();
        Assert.Equal(["/live", "/edge0", "/live", "/edge1"], upstream.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task Fetch_RedirectsNotWanted_AreHandedOut()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.Redirect("/y");
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.Fetch(
            new OriginRequest { Address = new MediaAddress("origin", "/x", ""), Verbatim = true }, network.Patience);
        Assert.Equal(302, reply.Head?.Status);
        Assert.Equal("/y", reply.Head?["Location"]);
    }
}
