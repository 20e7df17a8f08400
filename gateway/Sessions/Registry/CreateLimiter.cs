using Gateway.Access;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Limits how fast one household (<see cref="ClientNetwork"/>) may open sessions, by whatever call: a create, a handoff, or the first request of a player for a URL. Thread-safe.
/// </summary>
internal sealed class CreateLimiter(SessionsOptions options) : IDisposable
{
    private readonly RateLimit _byHousehold = new(options.CreatesPerWindow, options.CreateWindow);

    /// <param name="context">For the client's address.</param>
    /// <param name="retryAfter">When a refused client may try again; null when unknown.</param>
    public bool TryTake(HttpContext context, out TimeSpan? retryAfter) => _byHousehold.TryTake(ClientNetwork.Of(context.Connection.RemoteIpAddress), out retryAfter);

    public void Dispose() => _byHousehold.Dispose();
}
