using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Gateway.Tests.Caching;

namespace Gateway.Tests.Origin;

public sealed class OriginFailureTests
{
    [Fact]
    public async Task Fetch_DeadPort_IsUnreachableAfterFourTries()
    {
        using var dead = new DeadPort();
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", dead.Address));
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(OriginFailure.Unreachable, reply.Failure);
        Assert.Equal(4, reply.Tries);
    }

    [Theory]
    [InlineData("1.1", "Content-Length: 5\r\nContent-Length: 7\r\n")]
    [InlineData("1.1", "Content-Length: 5, 7\r\n")]
    [InlineData("1.1", "Content-Length: -5\r\n")]
    [InlineData("1.1", "Content-Length: +5\r\n")]
    [InlineData("1.1", "Content-Length: 0x5\r\n")]
    [InlineData("1.1", "Content-Length: 99999999999999999999\r\n")]
    [InlineData("1.0", "Transfer-Encoding: chunked\r\n")]
    public async Task Fetch_ResponseOfUncertainLength_IsBroken(string version, string fields)
    {
        await using var upstream = await RawUpstream.StartAsync($"HTTP/{version} 200 OK\r\n{fields}\r\n5\r\nhello\r\n0\r\n\r\n");
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", upstream.Address),
            ("Gateway:Origin:Retries", "0"),
            // The socket serves one connection after the other, and a probe that is answered keeps its own.
            ("ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled", "false"),
        ]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(OriginFailure.Protocol, reply.Failure);
    }

    [Fact]
    public async Task Fetch_HeadThatDoesNotCome_TimesOut()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.HangAsync);
        var clock = new ManualTimeProvider();
        await using var network = await UpstreamNetwork.OpenAsync(
            clock,
            [
                .. UpstreamNetwork.Cluster("origin", upstream.Address),
                ("Gateway:Origin:FirstByteTimeout", "00:00:10"), ("Gateway:Origin:Retries", "1"), ("Gateway:Origin:RetryDelay", "00:00:00"),
            ]);
        var fetching = network.GetAsync("/x");
        for (var tries = 1; tries <= 2; tries++)
        {
            await Deadline.Until(() => upstream.Requests.Count == tries);
            Assert.False(fetching.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        await using var reply = await fetching;
        Assert.Equal(OriginFailure.TimedOut, reply.Failure);
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Fact]
    public async Task Fetch_HeadLaterThanTheOrdinaryLimit_IsWaitedForWhenTheRequestAllows()
    {
        var release = new TaskCompletionSource();
        await using var upstream = await LoopbackUpstream.StartAsync(_ => release.Task);
        var clock = new ManualTimeProvider();
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:FirstByteTimeout", "00:00:10")]);
        var request = new OriginRequest { Address = new MediaAddress("origin", "/x", ""), FirstByteLimit = TimeSpan.FromSeconds(30) };
        var fetching = network.Fetch(request, network.Patience).AsTask();
        clock.Advance(TimeSpan.FromSeconds(29));
        release.SetResult();
        await using var reply = await fetching.WaitAsync(network.Patience);
        Assert.Equal(200, reply.Head?.Status);
    }

    [Fact]
    public async Task Read_BodyThatStalls_IsTooSlow()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.StallAsync);
        await using var network = await UpstreamNetwork.OpenAsync([.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:IdleTimeout", "00:00:00.100")]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(200, reply.Head?.Status);
        var broken = await Assert.ThrowsAsync<OriginBrokenException>(() => network.ReadAsync(reply));
        Assert.Equal(OriginFailure.TooSlow, broken.Failure);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Read_BodyThatIsCut_Throws()
    {
        var headSeen = new TaskCompletionSource();
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Cut(headSeen.Task));
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        headSeen.SetResult();
        var broken = await Assert.ThrowsAsync<OriginBrokenException>(() => network.ReadAsync(reply));
        Assert.Equal(OriginFailure.Cut, broken.Failure);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Read_ReaderLeaves_IsNotTheOriginsFault()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.StallAsync);
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        using var leaving = new CancellationTokenSource();
        var buffer = new byte[1000];
        await reply.ReadAsync(buffer, leaving.Token);
        var reading = reply.ReadAsync(buffer, leaving.Token).AsTask();
        await leaving.CancelAsync();
        var gone = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(network.Patience));
        Assert.Equal(leaving.Token, gone.CancellationToken);
    }

    [Fact]
    public async Task Fetch_CallerLeavesBeforeTheHead_AbortsTheRequestUpstream()
    {
        var arrived = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.RequestAborted.Register(() => aborted.TrySetResult());
            arrived.TrySetResult();
            return FaultyOrigin.HangAsync(c);
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        using var leaving = new CancellationTokenSource();
        var fetching = network.Fetch(new OriginRequest { Address = new MediaAddress("origin", "/x", "") }, leaving.Token).AsTask();
        await arrived.Task.WaitAsync(network.Patience);
        await leaving.CancelAsync();
        await using var reply = await fetching.WaitAsync(network.Patience);
        Assert.Equal(OriginFailure.Cancelled, reply.Failure);
        await aborted.Task.WaitAsync(network.Patience);
    }

    [Theory]
    [InlineData("EHLO I am a mail server\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: smtp\r\n\r\n")]
    public async Task Fetch_InvalidHttpResponse_IsAProtocolFailure(string answer)
    {
        await using var upstream = await RawUpstream.StartAsync(answer);
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", upstream.Address),
            ("ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled", "false"),
            ("Gateway:Origin:Retries", "0"),
        ]);
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(OriginFailure.Protocol, reply.Failure);
    }

    [Fact]
    public async Task Fetch_ClusterMissingOrEmpty_TellsWhich()
    {
        await using var network = await UpstreamNetwork.OpenAsync(("ReverseProxy:Clusters:empty:Metadata:x", "y"));
        await using var missing = await network.GetAsync("/x");
        await using var empty = await network.GetAsync("/x", cluster: "empty");
        Assert.Equal(OriginFailure.NoCluster, missing.Failure);
        Assert.Equal(OriginFailure.NoDestination, empty.Failure);
    }

    [Fact]
    public async Task Fetch_CompressedManifest_ComesAsItWasSent()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.Headers.ContentEncoding = "gzip";
            return c.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.Fetch(
            new OriginRequest { Address = new MediaAddress("origin", "/m.m3u8", ""), Purpose = FetchPurpose.Manifest }, network.Patience);
        Assert.Equal("gzip", reply.Head?["Content-Encoding"]);
        Assert.Equal("\u0001\u0002\u0003", await network.ReadAsync(reply));
        Assert.Equal("gzip, br", Assert.Single(upstream.Requests).Headers["Accept-Encoding"]);
    }
}
