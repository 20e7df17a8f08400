using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Gateway.FunctionalTests.Common;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Peers;
using Gateway.Peers.Serving;
using Gateway.Sessions.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests;

/// <summary>Three gateways that fetch from each other, and an origin that counts. Few requests, so that no peer's usual speed is known and no limit below a minute holds.</summary>
public sealed class PeersTests : IAsyncLifetime
{
    private const int SegmentBytes = 100_000;
    private const string Growing = "/recording/now.mp4";

    private static readonly string[] Names = ["a", "b", "c"];

    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PeerNode> _nodes = new(StringComparer.Ordinal);
    private WebApplication? _origin;
    private volatile int _grownBytes = 1000;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _origin = builder.Build();
        _origin.Run(context =>
        {
            var path = context.Request.Path.Value!;
            if (path == Growing) return GrowingAsync(context);
            if (!path.EndsWith(".m4s", StringComparison.Ordinal)) return Task.CompletedTask;
            if (path.EndsWith("/never.m4s", StringComparison.Ordinal)) return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            _asked.AddOrUpdate(path, 1, (_, count) => count + 1);
            context.Response.ContentType = "video/iso.segment";
            context.Response.Headers.ETag = $"\"{path.Length}\"";
            return context.Response.Body.WriteAsync(BytesOf(path)).AsTask();
        });
        await _origin.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values) await node.DisposeAsync();
        if (_origin is not null) await _origin.DisposeAsync();
    }

    [Fact]
    public async Task Segments_AskedForAtAllNodesAtOnce_AreFetchedFromTheOriginOnce()
    {
        await StartAsync();
        string[] paths = [.. Enumerable.Range(0, 12).Select(i => $"/title-{i % 4}/v1/seg_{i}.m4s")];
        await Task.WhenAll(paths.SelectMany(path => Names, GetAsync));
        Assert.Equal(paths.Order(StringComparer.Ordinal), _asked.Keys.Order(StringComparer.Ordinal));
        Assert.All(_asked, a => Assert.Equal(1, a.Value));

        // With memory to spare, each node that was asked holds it now.
        foreach (var node in Names) Assert.Contains("gateway; hit", await GetAsync(paths[0], node), StringComparison.Ordinal);
        var stranger = Names.First(n => OwnerOf("/late/v1/seg_1.m4s") != n);
        await GetAsync("/late/v1/seg_1.m4s", OwnerOf("/late/v1/seg_1.m4s"));
        Assert.Contains("peer; hit", await GetAsync("/late/v1/seg_1.m4s", stranger), StringComparison.Ordinal);
        Assert.Equal(1, _asked["/late/v1/seg_1.m4s"]);
    }

    [Fact]
    public async Task Owner_Drains_ItsSuccessorTakesWhatItHoldsFromIt()
    {
        await StartAsync();
        const string Path = "/drained/v1/seg_1.m4s";
        var owner = OwnerOf(Path);
        await GetAsync(Path, owner);
        _nodes[owner].Part<Drain>().Set(true);
        string[] others = [.. Names.Where(n => n != owner)];
        await Patience.UntilAsync(() => Task.FromResult(others.All(n => _nodes[n].Part<PeerRing>().Find(owner)!.Health == PeerHealth.Draining)));
        var successor = OwnerOf(Path);
        Assert.NotEqual(owner, successor);
        foreach (var other in others) await GetAsync(Path, other);
        Assert.Equal(1, _asked[Path]);

        // And what is new is the successor's: nobody asks the one that leaves for it.
        await Task.WhenAll(others.Select(n => GetAsync("/drained/v1/seg_2.m4s", n)));
        Assert.Equal(1, _asked["/drained/v1/seg_2.m4s"]);
    }

    [Theory]
    // Its owner looks at whoever had the title before, as each does for a while after a start.
    [InlineData(true)]
    // And anybody else asks the owner.
    [InlineData(false)]
    public async Task FileThatGrows_WantedFromBeyondTheEndThatGatewaysKnow_IsAskedOfTheOrigin(bool ofTheOwner)
    {
        await StartAsync();
        var owner = OwnerOf(Growing);
        var stranger = Names.First(n => n != owner);
        foreach (var node in (string[])[stranger, owner]) Assert.Equal("0-99/1000", await PartAsync(node, 0, 99));
        _grownBytes = 3000;
        Assert.Equal("2000-2099/3000", await PartAsync(ofTheOwner ? owner : stranger, 2000, 2099));
    }

    [Fact]
    public async Task Owner_Killed_OthersGoOnFromTheOrigin()
    {
        await StartAsync();
        const string Path = "/killed/v1/seg_1.m4s";
        var owner = OwnerOf(Path);
        await _nodes[owner].DisposeAsync();
        // The second finds the owner gone as the first did, and asks the same heir, or is the heir and looks at the first.
        foreach (var other in Names.Where(n => n != owner)) await GetAsync(Path, other);
        Assert.Equal(1, _asked[Path]);
    }

    [Fact]
    public async Task Owner_IsSomebodyElse_IsNotBelieved()
    {
        var foreign = WebApplication.CreateSlimBuilder();
        foreign.WebHost.UseUrls("http://127.0.0.1:0");
        foreign.Logging.ClearProviders();
        await using var liar = foreign.Build();
        var lies = 0;
        var waits = new ConcurrentBag<string>();
        liar.Run(context =>
        {
            if (context.Request.Path.StartsWithSegments("/internal", StringComparison.Ordinal)) Interlocked.Increment(ref lies);
            if (context.Request.Headers[PeerFields.Wait] is [{ } wait]) waits.Add(wait);
            context.Response.ContentType = "video/iso.segment";
            context.Response.Headers["X-Peer-Outcome"] = "hit";
            // What it was shown is no proof.
            context.Response.Headers["X-Peer-Proof"] = context.Request.Headers["X-Peer-Token"];
            return context.Response.WriteAsync("another service");
        });
        await liar.StartAsync(TestContext.Current.CancellationToken);
        await StartAsync(("b", liar.Urls.Single()));
        for (var i = 0; i < 8; i++) await GetAsync($"/title-{i}/v1/seg_1.m4s", "a");
        // Once by the node that was asked, and at most once by the third, which looks there for what it takes to be new to it.
        Assert.InRange(lies, 1, 2);
        // It has less than the minute after which it would be late.
        Assert.All(waits, w => Assert.Equal("45000", w));
        Assert.Equal(lies, waits.Count);
        Assert.All(_asked, a => Assert.Equal(1, a.Value));
    }

    [Theory]
    [InlineData("/\"quoted\"/v1/seg_1.m4s", 2)]
    // The owner's own viewer asks in one spelling, its peers in another.
    [InlineData("/title/v1/{<x>}.m4s?a=\"b\\", 2)]
    // Each node would send this in a longer request line than it takes itself.
    [InlineData(null, 3)]
    public async Task Viewer_AsksForAnAddressThatPeersWouldRefuse_NoPeerIsTakenForSomebodyElse(string? path, int most)
    {
        path ??= "/long/" + new string('x', 8155) + ".m4s";
        await StartAsync();
        foreach (var node in _nodes.Values)
        {
            var url = new Uri($"{node.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)}/play{path}", UrlReference.AsSpelled);
            using var answer = await node.Client.GetAsync(url, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.All(_nodes.Values, n => Assert.All(n.Part<PeerRing>().Peers.ToArray(), p => Assert.True(p.IsReachable(n.Part<PeerRing>().Now), p.Name)));
        Assert.InRange(Assert.Single(_asked).Value, 1, most);
    }

    [Fact]
    public async Task Owner_OriginDoesNotAnswerInTime_SaysSoWithAProof()
    {
        await StartAsync();
        var target = PeerFields.TargetOf(new MediaAddress(OriginOptions.DefaultCluster, "/title/v1/never.m4s", ""));
        var owner = _nodes[OwnerOf("/title/v1/never.m4s")];
        var token = owner.Part<PeerToken>().ForRequest(target);
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.Add(PeerFields.Token, token);
        request.Headers.Add(PeerFields.Wait, PeerFields.WaitOf(TimeSpan.FromMilliseconds(100)));
        using var answer = await owner.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(PeerFields.None, answer.Headers.GetValues(PeerFields.Outcome).Single());
        Assert.True(owner.Part<PeerToken>().IsProof(answer.Headers.GetValues(PeerFields.Proof).Single(), PeerFields.ProofOf(token, (int)answer.StatusCode)));
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("GET", "AAAA")]
    [InlineData("POST", null)]
    [InlineData("OPTIONS", null)]
    public async Task PeerRoute_AskedByAClient_IsNotThere(string method, string? token)
    {
        await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), $"{PeerFields.Root}origin/title/v1/seg_1.m4s");
        if (token is not null) request.Headers.Add(PeerFields.Token, token);
        using var answer = await _nodes["a"].Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(_asked);
    }

    /// <summary>What a viewer gets; returns its Cache-Status.</summary>
    private async Task<string> GetAsync(string path, string node)
    {
        using var answer = await _nodes[node].Client.GetAsync("/play" + path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(BytesOf(path).AsSpan().SequenceEqual(bytes), "Wrong bytes.");
        Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("X-Peer", StringComparison.OrdinalIgnoreCase));
        return answer.Headers.GetValues("Cache-Status").Single();
    }

    /// <summary>A viewer's part of the file that grows; returns its place and the length of the whole.</summary>
    private async Task<string> PartAsync(string node, int first, int last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/play" + Growing) { Headers = { Range = new RangeHeaderValue(first, last) } };
        using var answer = await _nodes[node].Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(BytesOf(Growing)[first..(last + 1)], await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        return answer.Content.Headers.ContentRange!.ToString()["bytes ".Length..];
    }

    private Task GrowingAsync(HttpContext context)
    {
        var bytes = BytesOf(Growing).AsMemory(0, _grownBytes);
        context.Response.ContentType = "video/mp4";
        context.Response.Headers.ETag = $"\"{bytes.Length}\"";
        if (context.Request.Headers.IfNoneMatch == context.Response.Headers.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        // Without it, a range is answered with the whole as long as the end has not come.
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }

    /// <summary>By the view of a node that has it not.</summary>
    private string OwnerOf(string path)
    {
        var address = new MediaAddress(OriginOptions.DefaultCluster, path, "");
        return Names.First(n => _nodes.TryGetValue(n, out var node) && node.Part<PeerRing>().OwnerOf(address) is null && !node.Part<Drain>().IsDraining);
    }

    private static byte[] BytesOf(string path)
    {
        var bytes = new byte[SegmentBytes];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(path[i % path.Length] + (i / 251));
        return bytes;
    }

    private async Task StartAsync(params (string Name, string Address)[] elsewhere)
    {
        // Each knows the others' addresses before any of them listens: the sockets are bound first.
        var sockets = Names.Where(n => !elsewhere.Any(e => e.Name == n)).ToDictionary(n => n, _ => Bound(), StringComparer.Ordinal);
        string[] nodes = [.. sockets.Select(s => $"--Gateway:Peers:Nodes:{s.Key}=http://{s.Value.LocalEndPoint}"), .. elsewhere.Select(e => $"--Gateway:Peers:Nodes:{e.Name}={e.Address}")];
        foreach (var (name, socket) in sockets) _nodes[name] = await PeerNode.StartAsync(name, socket, [.. nodes, $"--ReverseProxy:Clusters:origin:Destinations:a:Address={_origin!.Urls.Single()}"]);
        // As long as one takes another for gone, they disagree on who has what.
        await Patience.UntilAsync(() => Task.FromResult(_nodes.Values.All(n => !n.Part<PeerRing>().IsJoining && n.Part<PeerRing>().Peers.ToArray().All(p => p.Health == PeerHealth.Ready))));
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
