using System.Net.Sockets;
using System.Text;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>The server's own limits above the gateway's connections: what they end is ended, and given back.</summary>
public sealed class TransportLimitsTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);

    public TransportLimitsTests() => Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");

    [Theory, InlineData(false), InlineData(true)]
    public async Task KeepAlive_Over_EndsTheConnection(bool tls)
    {
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync("ok"), server: server => server.Limits.KeepAliveTimeout = s_short);
        await using var client = await host.ConnectAsync(tls);
        Assert.Contains("200 OK", await AskAndReadToEndAsync(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
        await Deadline.Until(() => host.Memory.Lent == 0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Head_ThatDoesNotEnd_IsRefusedInTime(bool tls)
    {
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync("ok"), server: server => server.Limits.RequestHeadersTimeout = s_short);
        await using var client = await host.ConnectAsync(tls);
        Assert.StartsWith("HTTP/1.1 408", await AskAndReadToEndAsync(client, "GET / HTTP/1.1\r\nHost: loc"), StringComparison.Ordinal);
        await Deadline.Until(() => host.Memory.Lent == 0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Body_ThatComesTooSlowly_IsRefusedInTime(bool tls)
    {
        await using var host = await LendingHost.StartAsync(
            context => context.Request.Body.CopyToAsync(Stream.Null), server: server => server.Limits.MinRequestBodyDataRate = new MinDataRate(1000, s_short + TimeSpan.FromMilliseconds(1)));
        await using var client = await host.ConnectAsync(tls);
        Assert.StartsWith("HTTP/1.1 408", await AskAndReadToEndAsync(client, "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc"), StringComparison.Ordinal);
        await Deadline.Until(() => host.Memory.Lent == 0);
    }

    [Fact]
    public async Task Handshake_ThatDoesNotCome_EndsTheConnection()
    {
        await using var host = await LendingHost.StartAsync(
            context => context.Response.WriteAsync("ok"), server: server => server.ConfigureHttpsDefaults(https => https.HandshakeTimeout = TimeSpan.FromMilliseconds(100)));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Url(tls: true).Port);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline.Value));
        await Deadline.Until(() => host.Memory.Lent == 0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Connection_BeyondTheMost_IsEndedAndItsPlaceNotTaken(bool tls)
    {
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync("ok"), knobs: ("Gateway:Connections:MaxConnections", "1"));
        var first = await host.ConnectAsync(tls);
        await first.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(await first.ReadAsync(new byte[4096], TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value) > 0);
        for (var i = 0; i < 10; i++)
        {
            using var refused = new TcpClient();
            await refused.ConnectAsync("127.0.0.1", host.Url(tls).Port);
            Assert.Equal(0, await refused.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline.Value));
        }

        Assert.Equal(1, host.Connections.Count);
        await first.DisposeAsync();
        using var next = host.Client(tls, new Version(1, 1));
        using var limit = new CancellationTokenSource(Deadline.Value, TimeProvider.System);
        while (!await IsServedAsync(next)) limit.Token.ThrowIfCancellationRequested();
    }

    private static async Task<bool> IsServedAsync(HttpClient client)
    {
        try
        {
            return await client.GetStringAsync("/", TestContext.Current.CancellationToken) == "ok";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> AskAndReadToEndAsync(Stream client, string text)
    {
        await client.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client, Encoding.ASCII, leaveOpen: true);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value);
    }
}
