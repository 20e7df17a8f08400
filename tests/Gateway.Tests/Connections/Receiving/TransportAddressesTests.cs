using System.Net;
using System.Net.Sockets;
using Gateway.Connections;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>Every kind of address that the server may be told.</summary>
public sealed class TransportAddressesTests
{
    public TransportAddressesTests() => Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");

    [Theory]
    [InlineData("http://127.0.0.1:0", true, false)]
    [InlineData("http://[::1]:0", false, true)]
    [InlineData("http://[::]:0", true, true)]
    [InlineData("http://*:0", true, true)]
    [InlineData("http://0.0.0.0:0", true, false)]
    public async Task Address_OfEachVersion_IsReachedByIt(string url, bool four, bool six)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !six, "Without version 6.");
        await using var app = await StartAsync(server => { }, url);
        var port = new Uri(app.Urls.Single().Replace("*", "localhost", StringComparison.Ordinal)).Port;
        Assert.Equal(four ? "True" : null, await AskAsync(new IPEndPoint(IPAddress.Loopback, port)));
        if (Socket.OSSupportsIPv6) Assert.Equal(six ? "True" : null, await AskAsync(new IPEndPoint(IPAddress.IPv6Loopback, port)));
    }

    [Fact]
    public async Task Addresses_SeveralAtOnce_AreAllServed()
    {
        await using var app = await StartAsync(server => { }, "http://127.0.0.1:0", "http://127.0.0.2:0", "http://127.0.0.3:0");
        Assert.Equal(3, app.Urls.Count);
        foreach (var url in app.Urls) Assert.Equal("True", await AskAsync(IPEndPoint.Parse(new Uri(url).Authority)));
    }

    [Fact]
    public async Task UnixSocket_BesideTcp_IsTheServersOwn()
    {
        var folder = Directory.CreateTempSubdirectory("unix");
        try
        {
            var path = Path.Combine(folder.FullName, "s");
            await using var app = await StartAsync(server =>
            {
                server.ListenUnixSocket(path);
                server.Listen(IPAddress.Loopback, 0);
            });
            Assert.Equal("False", await AskAsync(new UnixDomainSocketEndPoint(path)));
            Assert.Equal("True", await AskAsync(new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.Single(u => !u.Contains("unix", StringComparison.Ordinal))).Port)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Address_ThatIsTaken_IsToldByName()
    {
        await using var app = await StartAsync(server => { }, "http://127.0.0.1:0");
        var url = app.Urls.Single();
        var fault = await Assert.ThrowsAsync<IOException>(() => StartAsync(server => { }, url));
        Assert.Equal($"Failed to bind to address {url}: address already in use.", fault.Message);
        Assert.IsType<AddressInUseException>(fault.InnerException);
    }

    [Fact]
    public async Task Http2_WithoutTls_IsServed()
    {
        await using var app = await StartAsync(server => server.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, Timeout = Deadline.Value };
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetStringAsync(app.Urls.Single(), TestContext.Current.CancellationToken)));
        Assert.All(answers, a => Assert.Equal("True", a));
    }

    private static async Task<WebApplication> StartAsync(Action<KestrelServerOptions> server, params string[] urls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddClientConnections().AddLogging(l => l.ClearProviders());
        builder.WebHost.ConfigureKestrel(server);
        var app = builder.Build();
        foreach (var url in urls) app.Urls.Add(url);
        app.Run(context => context.Response.WriteAsync((context.Features.Get<IConnectionSocketFeature>() is TcpConnection).ToString()));
        await app.StartAsync();
        return app;
    }

    /// <summary>The answer; null where nobody listens.</summary>
    private static async Task<string?> AskAsync(EndPoint to)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = to is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(to, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { Timeout = Deadline.Value };
        try
        {
            return await client.GetStringAsync("http://localhost/", TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return null;
        }
    }
}
