using Gateway.Connections;
using Gateway.Warmup;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Warmup;

public sealed class SyntheticGatewayTests
{
    /// <summary>What is not disposed stays for the life of the process: timers, sockets, what metrics watch.</summary>
    [Fact]
    public async Task Dispose_WithAServiceThatCannotStop_DisposesTheRest()
    {
        var disposed = 0;
        var gateway = await SyntheticGateway.StartAsync(adjust => Build(adjust, new Unwilling(atStart: false), () => disposed++), "http://127.0.0.1:1", withTls: true, TestContext.Current.CancellationToken);
        var certificate = gateway.Certificate!;

        await gateway.DisposeAsync();

        Assert.Equal((1, 0), (disposed, certificate.Handle));
    }

    [Fact]
    public async Task Start_WithAServiceThatCannotStart_SaysSoAndDisposesTheRest()
    {
        var disposed = 0;

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => SyntheticGateway.StartAsync(adjust => Build(adjust, new Unwilling(atStart: true), () => disposed++), "http://127.0.0.1:1", withTls: false, TestContext.Current.CancellationToken));

        Assert.Equal(("start", 1), (fault.Message, disposed));
    }

    /// <summary>Otherwise it is another server's code that is warm: the one that the gateway's own connections stand in front of.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_OfARealGateway_ServesByTheGatewaysOwnConnections(bool withTls)
    {
        WebApplication? app = null;
        await using var gateway = await SyntheticGateway.StartAsync(adjust => app = Gateway.Program.Build([], adjust), "http://127.0.0.1:1", withTls, TestContext.Current.CancellationToken);
        // A log that nobody writes to would leave out what is done for one with each request.
        Assert.True(app!.Services.GetRequiredService<ILogger<SyntheticGatewayTests>>().IsEnabled(LogLevel.Critical));
        var connections = app.Services.GetRequiredService<ClientConnections>();
        var clients = new List<HttpClient>();
        try
        {
            foreach (var (url, version) in gateway.Entries)
            {
                clients.Add(new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => gateway.Certificate!.Equals(shown) } })
                {
                    BaseAddress = url,
                    DefaultRequestVersion = version,
                    DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
                });
                using var answer = await clients[^1].GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);
                answer.EnsureSuccessStatusCode();
                // Each client keeps its connection.
                Assert.Equal(clients.Count, connections.Count);
            }
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }

        Assert.Equal(withTls ? 3 : 1, clients.Count);
    }

    private static WebApplication Build(Action<WebApplicationBuilder> adjust, IHostedService service, Action disposed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        adjust(builder);
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton<IHostedService>(_ => new Disposed(disposed));
        return builder.Build();
    }

    private sealed class Unwilling(bool atStart) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => atStart ? throw new InvalidOperationException("start") : Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("stop");
    }

    private sealed class Disposed(Action disposed) : IHostedService, IDisposable
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => disposed();
    }
}
