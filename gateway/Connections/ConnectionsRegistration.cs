using Gateway.Knobs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        return services;
    }
}
