using Gateway.Configuration;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Origin;

public sealed class ProxyConfigurationTests
{
    [Theory]
    [InlineData("HashCookie")]
    [InlineData("hashcookie")]
    public async Task Open_HashCookieAffinity_IsRefusedInOneSentence(string policy)
    {
        var wrong = await Assert.ThrowsAsync<WrongConfigurationException>(() => UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", "http://127.0.0.1:1/"),
            ("ReverseProxy:Clusters:origin:SessionAffinity:Enabled", "true"),
            ("ReverseProxy:Clusters:origin:SessionAffinity:Policy", policy),
            ("ReverseProxy:Clusters:origin:SessionAffinity:AffinityKeyName", "k"),
        ]));
        Assert.Contains("ReverseProxy:Clusters:origin:SessionAffinity:Policy", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Destinations:a:Address", "origin.example:9090")]
    [InlineData("Destinations:a:Address", "ftp://origin.example/")]
    [InlineData("Destinations:a:Address", "http://[broken/")]
    [InlineData("Destinations:a:Address", "http://origin.example/?token=1")]
    [InlineData("Metadata:Media.Hosts", "good.example, bad host")]
    [InlineData("Metadata:Media.Hosts", "ftp://cdn.example")]
    public async Task Open_InvalidAddress_IsRefusedByItsKey(string key, string value)
    {
        var wrong = await Assert.ThrowsAsync<WrongConfigurationException>(() => UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", "http://127.0.0.1:1/"), ($"ReverseProxy:Clusters:origin:{key}", value)]));
        Assert.Contains($"ReverseProxy:Clusters:origin:{key}", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_UnknownLoadBalancingPolicy_IsRefused()
    {
        var wrong = await Assert.ThrowsAsync<WrongConfigurationException>(() => UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", "http://127.0.0.1:1/"), ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "Wisest")]));
        Assert.Contains("Wisest", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_MediaClusterWithoutHealthChecks_GetsThemUnlikeOthers()
    {
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", "http://127.0.0.1:1/"),
            .. UpstreamNetwork.Cluster("ads", "http://127.0.0.1:1/"),
            ("ReverseProxy:Clusters:ads:Metadata:Media.Hosts", "ads.example"),
            ("ReverseProxy:Clusters:ads:HealthCheck:Active:Enabled", "false"),
            .. UpstreamNetwork.Cluster("licence", "http://127.0.0.1:1/"),
        ]);
        Assert.True(Cluster(network, "origin").Model.Config.HealthCheck is { Active.Enabled: true, Passive.Enabled: true });
        Assert.True(Cluster(network, "ads").Model.Config.HealthCheck is { Active.Enabled: false, Passive.Enabled: true });
        Assert.Null(Cluster(network, "licence").Model.Config.HealthCheck);
    }

    [Theory]
    [InlineData("Media", "yes")]
    [InlineData("Media.Methods", "POST, TRACE")]
    [InlineData("Media.Methods", "CONNECT")]
    [InlineData("Media.Methods", "post")]
    public async Task Open_InvalidMetadata_IsRefusedByItsName(string name, string value)
    {
        var wrong = await Assert.ThrowsAsync<WrongConfigurationException>(() => UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", "http://127.0.0.1:1/"), ($"ReverseProxy:Clusters:origin:Metadata:{name}", value)]));
        Assert.Contains($"ReverseProxy:Clusters:origin:Metadata:{name}", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ClustersWithoutMediaMetadata_AreNotReachable()
    {
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", "http://a.example/"),
            .. UpstreamNetwork.Cluster("ads", "http://b.example/"),
            ("ReverseProxy:Clusters:ads:Metadata:Media.Hosts", "ads.example"),
            .. UpstreamNetwork.Cluster("cdn", "http://c.example/"),
            ("ReverseProxy:Clusters:cdn:Metadata:Media", "True"),
            .. UpstreamNetwork.Cluster("shop", "http://d.example/"),
            .. UpstreamNetwork.Cluster("bank", "http://e.example/"),
            ("ReverseProxy:Clusters:bank:Metadata:Media", "false"),
        ]);
        var table = network.Services.GetRequiredService<Upstreams>().Current;
        Assert.Equal([true, true, true, false, false], new[] { "origin", "ads", "cdn", "shop", "bank" }.Select(table.Knows));
        Assert.Equal([true, true, true, false, false], "abcde".Select(host => table.TryLocate($"http://{host}.example/x", "origin", out _)));
    }

    [Fact]
    public async Task Probe_OriginWithoutTheProbedPath_IsHealthyUnlikeADeadPort()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(404));
        using var dead = new DeadPort();
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", upstream.Address, dead.Address),
            ("Gateway:Origin:HealthPath", "/nothing"),
            ("Gateway:Origin:HealthInterval", "00:00:00.100"),
        ]);
        var cluster = Cluster(network, "origin");
        while (cluster.Destinations["a"].Health.Active == DestinationHealth.Unknown || cluster.Destinations["b"].Health.Active == DestinationHealth.Unknown)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, network.Patience);
        Assert.Equal(DestinationHealth.Healthy, cluster.Destinations["a"].Health.Active);
        Assert.Equal(DestinationHealth.Unhealthy, cluster.Destinations["b"].Health.Active);
        Assert.Null(network.Services.GetRequiredService<OriginReadiness>().WhyNot());
    }

    [Fact]
    public async Task Readiness_NoClusterNoDestinationOrAllUnhealthy_TellsWhich()
    {
        await using (var none = await UpstreamNetwork.OpenAsync()) Assert.Contains("No cluster", Why(none), StringComparison.Ordinal);
        await using (var empty = await UpstreamNetwork.OpenAsync(("ReverseProxy:Clusters:origin:Metadata:x", "y")))
            Assert.Contains("no destination", Why(empty), StringComparison.Ordinal);
        using var port = new DeadPort();
        await using var dead = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", port.Address));
        while (Cluster(dead, "origin").Destinations["a"].Health.Active == DestinationHealth.Unknown)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, dead.Patience);
        Assert.Contains("good health", Why(dead), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_OriginThatWasThere_LastsForAWhile()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync([.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:HealthInterval", "01:00:00")]);
        var destination = Cluster(network, "origin").Destinations["a"];
        while (destination.Health.Active == DestinationHealth.Unknown) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, network.Patience);
        var (options, clock) = (new OriginOptions { UnreadyAfter = TimeSpan.FromMinutes(1) }, new ManualTimeProvider());
        var readiness = new OriginReadiness(network.Services.GetRequiredService<IProxyStateLookup>(), options, clock);
        Assert.Null(readiness.WhyNot());

        destination.Health.Active = DestinationHealth.Unhealthy;
        clock.Advance(options.UnreadyAfter - TimeSpan.FromTicks(1));
        Assert.Null(readiness.WhyNot());
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Contains("good health", readiness.WhyNot(), StringComparison.Ordinal);

        destination.Health.Active = DestinationHealth.Healthy;
        Assert.Null(readiness.WhyNot());
        destination.Health.Passive = DestinationHealth.Unhealthy;
        Assert.Null(readiness.WhyNot());
        Assert.NotNull(new OriginReadiness(network.Services.GetRequiredService<IProxyStateLookup>(), options, clock).WhyNot());
    }

    /// <summary>A mistyped name refuses the start; a cluster that a route or its metadata gives a purpose is meant as it stands, and the log names it.</summary>
    [Theory]
    [InlineData("orgin", null, true)]
    [InlineData("Origin", null, true)]
    [InlineData("origins", "route", false)]
    [InlineData("origins", "media", false)]
    [InlineData("shop", null, false)]
    public async Task Start_WithoutTheClusterOfMedia_IsRefusedForAMistypedNameAlone(string cluster, string? purpose, bool isRefused)
    {
        (string, string?)[] settings =
        [
            .. UpstreamNetwork.Cluster(cluster, "http://127.0.0.1:1/"),
            .. purpose == "route" ? [("ReverseProxy:Routes:all:ClusterId", cluster), ("ReverseProxy:Routes:all:Match:Path", "/{**rest}")] : Array.Empty<(string, string?)>(),
            .. purpose == "media" ? [($"ReverseProxy:Clusters:{cluster}:Metadata:Media", "true")] : Array.Empty<(string, string?)>(),
        ];
        if (isRefused)
        {
            var refusal = await Assert.ThrowsAsync<WrongConfigurationException>(() => UpstreamNetwork.OpenAsync(settings));
            Assert.Contains($"ReverseProxy:Clusters:{cluster}: no route uses this cluster", refusal.Message, StringComparison.Ordinal);
            return;
        }

        await using var network = await UpstreamNetwork.OpenAsync(settings);
        Assert.False(network.Services.GetRequiredService<Upstreams>().Current.Knows("origin"));
        Assert.EndsWith($"or give '{cluster}' that name", MissingOrigin.Hint(network.Services.GetServices<IProxyConfigProvider>().Select(p => p.GetConfig())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_NewDestinationThenBadReload_UsesTheNewOneAndKeepsIt()
    {
        await using var first = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var second = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", first.Address));
        var upstreams = network.Services.GetRequiredService<Upstreams>();
        var before = upstreams.Current;

        await network.ReloadAsync(true, ("ReverseProxy:Clusters:origin:Destinations:a:Address", second.Address));
        Assert.True(upstreams.Current.TryLocate(second.Address + "x", "origin", out _));
        Assert.False(upstreams.Current.TryLocate(first.Address + "x", "origin", out _));
        Assert.True(before.TryLocate(first.Address + "x", "origin", out _));
        await (await network.GetAsync("/x")).DisposeAsync();
        Assert.Single(second.Requests);

        var good = upstreams.Current;
        await network.ReloadAsync(false, ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "Wisest"));
        Assert.Same(good, upstreams.Current);
        await using var reply = await network.GetAsync("/y");
        Assert.Equal(200, reply.Head?.Status);
    }

    [Fact]
    public async Task Fetch_InFlight_IsCountedWhereYarpCounts()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.StallAsync);
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        var destination = Cluster(network, "origin").Destinations["a"];
        var reply = await network.GetAsync("/x");
        Assert.Equal(1, destination.ConcurrentRequestCount);
        await reply.DisposeAsync();
        Assert.Equal(0, destination.ConcurrentRequestCount);
    }

    private static ClusterState Cluster(UpstreamNetwork network, string id)
    {
        Assert.True(network.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(id, out var cluster));
        return cluster;
    }

    private static string Why(UpstreamNetwork network) => Assert.IsType<string>(network.Services.GetRequiredService<OriginReadiness>().WhyNot());
}
