using Gateway.Access.Jwt;

namespace Gateway.Access;

/// <summary>Before the first request: the key set is read, and an open door outside of Development is pointed out.</summary>
internal sealed partial class AccessStart(AccessOptions options, JwkFeed feed, IHostEnvironment environment, ILogger<AccessStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == AccessMode.Open && !environment.IsDevelopment()) LogOpen();
        if (options.Mode == AccessMode.Token && options.TicketKeys.Length == 0) LogNoSharedKey();
        // A file was looked at with the other knobs. A URL that does not answer is asked again later; it must not keep the gateway down.
        if (options.Jwks.Length > 0) await feed.RefreshAsync().WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Next free id: 42.
    [LoggerMessage(40, LogLevel.Warning, "Everybody may play: 'Gateway:Access:Mode' is Open outside of Development. Set it to Token if that is not meant")]
    private partial void LogOpen();

    [LoggerMessage(41, LogLevel.Warning, "Sessions do not outlive this process and cannot be served by other gateways: 'Gateway:Access:TicketKeys' is empty")]
    private partial void LogNoSharedKey();
}
