using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

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
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address + "base/"));
        await using var reply = await network.GetAsync("/a%2Fb/%7Ex;v=1/s%20eg.ts", "?x=%2f&y=~");
        Assert.True(reply.Answered);
        Assert.Equal(200, reply.Head.Status);
        Assert.Equal("\"1\"", reply.Head["etag"]);
        Assert.Equal("hello", await network.ReadAsync(reply));
        Assert.Equal(upstream.Address + "base/a%2Fb/%7Ex;v=1/s%20eg.ts?x=%2f&y=~", reply.FinalUrl);
        Assert.Equal("/base/a%2Fb/%7Ex;v=1/s%20eg.ts?x=%2f&y=~", Assert.Single(upstream.Requests).Target);
    }

    [Fact]
    public async Task Fetch_ClientFields_OnlyHarmlessOnesGoUpstream()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var network = await UpstreamNetwork.OpenAsync([.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:BearerKeys:origin", "s3cret")]);
        var request = new OriginRequest
        {
            Address = new MediaAddress("origin", "/x", ""),
            Fields = [new("Accept-Language", "de"), new("Cookie", "a=b"), new("Authorization", "Bearer client"), new("CMCD-Session", "sid=1"), new("Connection", "x")],
        };
        await using var reply = await network.Fetch(request, network.Patience);
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
    [InlineData("/x\r\nHost: evil")]
    [InlineData("/x\\y")]
    [InlineData("/../x")]
    [InlineData("/a/%2e%2e/x")]
    [InlineData("/a/..%2fx")]
    [InlineData("x")]
    [InlineData("")]
    public async Task Fetch_PathThatCannotStandInARequestLine_IsNotSent(string path)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync(path);
        Assert.Equal(OriginFailure.BadAddress, reply.Failure);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("//", "", "//")]
    [InlineData("/x y\"", "?a b=\"<ü>\"", "/x%20y%22?a%20b=%22%3C%C3%BC%3E%22")]
    [InlineData("/x?y#z", "", "/x%3Fy%23z")]
    public async Task Fetch_CharactersThatMayNotStandInARequestLine_AreEncoded(string path, string query, string target)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync(path, query);
        Assert.Equal(200, reply.Head?.Status);
        Assert.Equal(target, Assert.Single(upstream.Requests).Target);
    }

    [Fact]
    public async Task Fetch_FieldsThatHttpClientWouldRefuse_AreLeftOutInsteadOfBlamingTheOrigin()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        var request = new OriginRequest
        {
            Address = new MediaAddress("origin", "/x", ""),
            Fields = [new("Accept-Language", "ü"), new("X-Bad", "a\r\nInjected: 1"), new("X-Good", "b")],
            IfNoneMatch = "\"ü\"",
        };
        await using var reply = await network.Fetch(request, network.Patience);
        Assert.Equal(200, reply.Head?.Status);
        var sent = Assert.Single(upstream.Requests).Headers;
        Assert.Equal("b", sent["X-Good"]);
        foreach (var name in new[] { "Accept-Language", "X-Bad", "Injected", "If-None-Match" }) Assert.DoesNotContain(name, sent.Keys);
    }

    [Fact]
    public async Task Fetch_ResponseFields_ComeWithoutHopByHopOnes()
    {
        await using var upstream = await RawUpstream.StartAsync(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nAlt-Svc: h3\r\n"
            + "X-Latin: caf\u00e9\r\nVary: a\r\nVary: b\r\n\r\nok");
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", upstream.Address), ("ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled", "false")]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal("ok", await network.ReadAsync(reply));
        Assert.Equal("a, b", reply.Head!.Combined("Vary"));
        Assert.Equal(["Vary", "Vary", "Content-Length"], reply.Head.Fields.ToArray().Select(f => f.Name));
    }

    [Fact]
    public async Task Fetch_ClusterWithHttp2InTheClear_UsesHttp2()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c => c.Response.WriteAsync(c.Request.Protocol), HttpProtocols.Http2);
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", upstream.Address),
            ("ReverseProxy:Clusters:origin:HttpRequest:Version", "2"),
            ("ReverseProxy:Clusters:origin:HttpRequest:VersionPolicy", "RequestVersionExact"),
        ]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal("HTTP/2", await network.ReadAsync(reply));
    }

    [Theory]
    [InlineData("RoundRobin", 10, 10)]
    [InlineData("FirstAlphabetical", 20, 0)]
    public async Task Fetch_SeveralDestinations_TheClustersPolicyChooses(string policy, int first, int second)
    {
        await using var a = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var b = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", a.Address, b.Address), ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", policy)]);
        for (var i = 0; i < 20; i++) await (await network.GetAsync("/x")).DisposeAsync();
        Assert.Equal((first, second), (a.Requests.Count, b.Requests.Count));
    }

    [Fact]
    public async Task Fetch_LeastRequests_GoesWhereFewerBodiesAreUnderWay()
    {
        await using var a = await LoopbackUpstream.StartAsync(FaultyOrigin.StallAsync);
        await using var b = await LoopbackUpstream.StartAsync(FaultyOrigin.StallAsync);
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", a.Address, b.Address), ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "LeastRequests")]);
        var open = new List<OriginReply>();
        for (var i = 0; i < 6; i++) open.Add(await network.GetAsync("/x"));
        Assert.Equal((3, 3), (a.Requests.Count, b.Requests.Count));
        foreach (var reply in open) await reply.DisposeAsync();
    }

    [Fact]
    public async Task Fetch_TransportFailures_ReachYarpsPassiveHealth()
    {
        await using var live = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        using var dead = new DeadPort();
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", dead.Address), .. UpstreamNetwork.Cluster("other", live.Address), ("ReverseProxy:Clusters:other:Metadata:Media", "true"),
            ("ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled", "false"),
            ("Gateway:Origin:BreakerMinimumExchanges", "1000"),
        ]);
        for (var i = 0; i < 12; i++)
        {
            await (await network.GetAsync("/x")).DisposeAsync();
            await (await network.GetAsync("/x", cluster: "other")).DisposeAsync();
        }

        var clusters = network.Services.GetRequiredService<IProxyStateLookup>();
        Assert.True(clusters.TryGetCluster("origin", out var broken));
        Assert.True(clusters.TryGetCluster("other", out var sound));
        Assert.Equal(DestinationHealth.Unhealthy, broken.Destinations["a"].Health.Passive);
        Assert.Equal(DestinationHealth.Healthy, sound.Destinations["a"].Health.Passive);
    }
}
