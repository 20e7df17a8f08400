using Gateway.Access.Jwt;
using Gateway.Connections;

namespace Gateway.Access;

/// <summary>Reads the key set before the first request, and warns of open access outside of Development, and where other machines get in.</summary>
internal sealed partial class AccessStart(AccessOptions options, JwkRefresher refresher, IHostEnvironment environment, IConfiguration configuration, ILogger<AccessStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == AccessMode.Open && (!environment.IsDevelopment() || ListenAddress.IsBeyondThisMachine(configuration[WebHostDefaults.ServerUrlsKey]))) LogOpen();
        if (options.Mode == AccessMode.Token && options.TicketKeys.Length == 0) LogNoSharedKey();
        if (options.Mode == AccessMode.Token && JwkSource.IsUrl(options.Jwks, out var url))
        {
            if (options.Audience.Length == 0) LogNoAudience(url.Host);
            if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback) LogPlainKeySet(url.Host);
        }

        // A file was checked with the other knobs. A URL that does not answer is fetched again later; it must not keep the gateway from starting.
        if (options.Jwks.Length > 0) await refresher.RefreshAsync().WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Next free id: 44.
    [LoggerMessage(40, LogLevel.Warning, "Everybody who reaches this gateway may play: 'Gateway:Access:Mode' is Open. Set it to Token if that is not intended")]
    private partial void LogOpen();

    [LoggerMessage(41, LogLevel.Warning, "Other gateways cannot serve the sessions of this one: 'Gateway:Access:TicketKeys' is empty")]
    private partial void LogNoSharedKey();

    [LoggerMessage(42, LogLevel.Warning, "Every token that '{Issuer}' signs opens the media, also those for other services: 'Gateway:Access:Audience' is empty. Set it to the name that tokens for this gateway have in 'aud'")]
    private partial void LogNoAudience(string issuer);

    [LoggerMessage(43, LogLevel.Warning, "The key set of '{Host}' comes without TLS: anybody on the network path can replace its keys. Write https in 'Gateway:Access:Jwks'")]
    private partial void LogPlainKeySet(string host);
}
