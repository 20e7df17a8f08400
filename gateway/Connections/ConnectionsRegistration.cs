using Gateway.Configuration;
using Gateway.Connections.Receiving;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Connections;

internal static class ConnectionsRegistration
{
    /// <summary>A connection's least share of memory: an idle one costs some 10 kB in buffers, objects and the kernel.</summary>
    private const long BytesForOne = 16 << 10;

    /// <summary>Sets how clients' connections buffer, how long one may stand still, and how many there may be.</summary>
    public static IServiceCollection AddClientConnections(this IServiceCollection services)
    {
        services.AddValidatedOptions<ConnectionsOptions>("Connections");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(s => MemoryFor(s.GetRequiredService<ConnectionsOptions>()));
        services.TryAddSingleton<ConnectionMetrics>();
        services.TryAddSingleton<ClientConnections>();
        services.TryAddSingleton<SocketPollers>();
        services.AddSingleton<IConnectionListenerFactory, TcpTransport>();
        services.AddHostedService<ConnectionReview>();
        services.Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>, PipeBlockPoolFactory>());
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(s => new ConfigureNamedOptions<KestrelServerOptions>(Options.DefaultName, kestrel => Configure(kestrel, s)));
        // The socket transport has a bound of its own, 64 KiB, that Kestrel's limit does not raise: a flush of more would end a thread switch later.
        services.AddSingleton<IConfigureOptions<SocketTransportOptions>>(s => new ConfigureNamedOptions<SocketTransportOptions>(
            Options.DefaultName,
            sockets => sockets.MaxWriteBufferSize = s.GetRequiredService<ConnectionsOptions>().ResponseBufferBytes));
        return services;
    }

    /// <summary>
    /// Takes a limit away that the answer before has left on the connection (<see cref="ConnectionDelivery.TryPace"/>): a manifest, a page or another's film on the same connection would keep to it. A body that is to be held
    /// to a rate sets it anew. The server's own rule of slow readers is off for every answer of a watched connection: it would abort a client that takes a flush too slowly, and <see cref="ClientConnections"/> cuts one that takes nothing.
    /// </summary>
    public static IApplicationBuilder UseUnpacedConnections(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        Unpace(context);
        return next(context);
    });

    internal static void Unpace(HttpContext context)
    {
        if (context.Features.Get<ClientConnection>() is not { } connection) return;
        connection.Delivery?.TryPace(0);
        // Streams of HTTP/2 have no such feature.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    private static void Configure(KestrelServerOptions kestrel, IServiceProvider services)
    {
        var options = services.GetRequiredService<ConnectionsOptions>();
        var memory = services.GetRequiredService<ConnectionMemory>();
        var connections = services.GetRequiredService<ClientConnections>();
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxResponseBufferSize = options.ResponseBufferBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections > 0 ? options.MaxConnections : Math.Max(64, Math.Min(memory.Limit / BytesForOne, OpenFiles.ForClients(OpenFiles.Limit)));
        // The rate is so high that only the grace period counts: no flush may take longer. Where connections are watched, bodies are sent without it.
        kestrel.Limits.MinResponseDataRate = new MinDataRate(options.ResponseBufferBytes, options.StalledClient);
        // A client that sends may pause as long as one that receives.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, options.StalledClient);
        // Before TLS: what is seen here is what goes over the wire.
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Use(next => connection => connections.RunAsync(connection, next));
            ((IMultiplexedConnectionBuilder)endpoint).Use(next => connection =>
            {
                connection.Features.Set(connections);
                return next(connection);
            });
        });
    }

    /// <summary>A quarter of the heap's limit, which is three quarters of a container's: the rest is the kernel's, whose socket buffers count there.</summary>
    private static ConnectionMemory MemoryFor(ConnectionsOptions options) =>
        new(options.MaxBytes > 0 ? options.MaxBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
}
