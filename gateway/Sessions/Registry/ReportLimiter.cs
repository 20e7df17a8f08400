using Gateway.Access;

namespace Gateway.Sessions.Registry;

/// <summary>Limits how fast events are reported, by session. Thread-safe.</summary>
internal sealed class ReportLimiter(SessionRegistry sessions) : IDisposable
{
    /// <summary>The player page reports events a few times a minute; bursts follow a time without network.</summary>
    private const int ReportsPerMinute = 120;

    private readonly RateLimit _bySession = new(ReportsPerMinute, TimeSpan.FromMinutes(1));

    /// <param name="context">For the client's address, which counts where the session is unknown here: ids can be invented.</param>
    /// <param name="id">The session that is reported on, as the client names it.</param>
    /// <param name="retryAfter">When a refused client may try again; null when unknown.</param>
    public bool TryTake(HttpContext context, string id, out TimeSpan? retryAfter) =>
        _bySession.TryTake(Guid.TryParse(id, out var known) && sessions.Lives(known) ? known.ToString("N") : ClientNetwork.Of(context.Connection.RemoteIpAddress), out retryAfter);

    public void Dispose() => _bySession.Dispose();
}
