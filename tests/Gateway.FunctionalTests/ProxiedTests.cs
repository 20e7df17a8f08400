using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>The gateway behind a balancer: what it says of the client's view counts when it is trusted, and only then.</summary>
public sealed class ProxiedTests
{
    private const string Trusted = "--Gateway:Access:TrustedProxies:0=127.0.0.0/8";

    private static readonly (string Name, string Value)[] Told = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "tv.example"), ("X-Forwarded-Prefix", "/video")];

    [Fact]
    public async Task Forwarded_HostAndPrefixOfATrustedProxy_AreUsedInManifests()
    {
        await using var fixture = await GatewayWithStub.StartAsync(Trusted);
        using var client = ClientThatTells(fixture);
        var session = await CreateUnderAsync(client);
        Assert.StartsWith("/video/api/v1/playback/", session.GetProperty("hlsUrl").GetString(), StringComparison.Ordinal);
        var playlist = await client.GetStringAsync("/play/demo/master.m3u8");
        var line = playlist.Split('\n').First(l => l.Length > 0 && l[0] != '#');
        Assert.StartsWith("/video/api/v1/playback/", line, StringComparison.Ordinal);
        using var variant = await client.GetAsync(line["/video".Length..]);
        Assert.Equal(HttpStatusCode.OK, variant.StatusCode);
        var mpd = await client.GetStringAsync("/play/demo/manifest.mpd");
        Assert.DoesNotContain("127.0.0.1", mpd, StringComparison.Ordinal);
        Assert.Contains("https://tv.example/video/api/v1/playback/", mpd, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/video/", "/video/api/v1/playback/")]
    [InlineData("/", "/api/v1/playback/")]
    [InlineData("//evil.example", "/api/v1/playback/")]
    [InlineData("/a b", "/a%20b/api/v1/playback/")]
    public async Task Forwarded_PrefixThatMakesNoPath_IsNormalised(string prefix, string begins)
    {
        await using var fixture = await GatewayWithStub.StartAsync(Trusted);
        using var client = fixture.NewClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Prefix", prefix);
        var playlist = await client.GetStringAsync("/play/demo/master.m3u8");
        Assert.StartsWith(begins, playlist.Split('\n').First(l => l.Length > 0 && l[0] != '#'), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript", "http://")]
    [InlineData("HTTPS", "https://")]
    public async Task Forwarded_InvalidScheme_IsIgnored(string scheme, string begins)
    {
        await using var fixture = await GatewayWithStub.StartAsync(Trusted);
        using var client = fixture.NewClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        var mpd = await client.GetStringAsync("/play/demo/manifest.mpd");
        Assert.Contains($">{begins}", mpd, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("javascript:", mpd, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forwarded_HostAndPrefixOfAnUntrustedPeer_AreIgnored()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var client = ClientThatTells(fixture);
        var manifest = await client.GetStringAsync("/play/demo/manifest.mpd");
        Assert.DoesNotContain("tv.example", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("/video/", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2InClear_WithTheClientsScheme_IsTakenFromATrustedProxy()
    {
        await using var trusting = await GatewayWithStub.StartAsync(Trusted, "--Kestrel:EndpointDefaults:Protocols=Http2");
        Assert.Equal(1, await FirstFrameAsync(trusting.Url));
        await using var plain = await GatewayWithStub.StartAsync("--Kestrel:EndpointDefaults:Protocols=Http2");
        Assert.Equal(3, await FirstFrameAsync(plain.Url));
    }

    [Fact]
    public async Task ListWithoutAnIndex_StopsTheStart_AndSaysWhatToWrite()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => GatewayWithStub.StartAsync("--Gateway:Access:TrustedProxies=127.0.0.1"));
        Assert.Contains("Gateway__Access__TrustedProxies__0", refusal.ToString(), StringComparison.Ordinal);
    }

    private static HttpClient ClientThatTells(GatewayWithStub fixture)
    {
        var client = fixture.NewClient();
        foreach (var (name, value) in Told) client.DefaultRequestHeaders.Add(name, value);
        return client;
    }

    private static async Task<JsonElement> CreateUnderAsync(HttpClient client)
    {
        using var answer = await PostAsync(client, Root, """{"mediaId":"demo"}""");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        Assert.StartsWith("/video" + Root, answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Asks over HTTP/2 with prior knowledge and <c>:scheme: https</c>. HEADERS is 1 (an answer), RST_STREAM 3 (a refusal).</summary>
    private static async Task<int> FirstFrameAsync(Uri server)
    {
        using var deadline = new CancellationTokenSource(Patience.Deadline, TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, deadline.Token);
        var stream = client.GetStream();
        var authority = Encoding.ASCII.GetBytes("tv.example");
        var path = Encoding.ASCII.GetBytes("/health/live");
        // RFC 7541: indexed GET and https, then authority and path as literals.
        byte[] block = [0x82, 0x87, 0x01, (byte)authority.Length, .. authority, 0x04, (byte)path.Length, .. path];
        await stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), deadline.Token);
        await stream.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, (byte)block.Length, 1, 5, 0, 0, 0, 1 }.Concat(block).ToArray(), deadline.Token);
        var head = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(head, deadline.Token);
            if (head[3] is 1 or 3 && BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) == 1) return head[3];
            await stream.ReadExactlyAsync(new byte[head[0] << 16 | head[1] << 8 | head[2]], deadline.Token);
        }
    }
}
