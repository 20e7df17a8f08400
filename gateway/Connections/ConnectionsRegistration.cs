using Gateway.Knobs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Connections;

internal static class ConnectionsRegistration
{
    /// <summary>How clients' connections buffer.</summary>
    public static IServiceCollection AddClientConnections(this IServiceCollection services)
    {
        services.AddKnobs<ConnectionsOptions>("Connections");
        services.Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>, BlockPoolFactory>());
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(s => new ConfigureNamedOptions<KestrelServerOptions>(
            Options.DefaultName,
            kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxResponseBufferSize = s.GetRequiredService<ConnectionsOptions>().ResponseBufferBytes;
            }));
        // The socket transport has a bound of its own, 64 KiB, that Kestrel's limit does not raise: a flush of more would end a thread switch later.
        services.AddSingleton<IConfigureOptions<SocketTransportOptions>>(s => new ConfigureNamedOptions<SocketTransportOptions>(
            Options.DefaultName,
            sockets => sockets.MaxWriteBufferSize = s.GetRequiredService<ConnectionsOptions>().ResponseBufferBytes));
        return services;
    }
}
