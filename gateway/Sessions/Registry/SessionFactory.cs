using System.Security.Cryptography;
using Gateway.Access.Tickets;
using Gateway.Adaptation.Serving;
using Gateway.Media;
using Gateway.Responses.History;
using Gateway.Sessions.Quality;

namespace Gateway.Sessions.Registry;

/// <summary>Makes sessions from their parameters, or from a ticket. A new session is not registered yet and takes no share of the table: see <see cref="SessionTable"/>.</summary>
/// <remarks>
/// Thread-safe without a lock: nothing is shared but the moment of the last opening, which moves on by compare-and-swap. So no two sessions have the same
/// <see cref="SessionState.CreatedAt"/>, however many are made at once: which of two came later must never be in doubt, also where a database keeps whole microseconds only.
/// </remarks>
internal sealed class SessionFactory(TicketIssuer issuer, TicketSigner signer, AdaptationParts? adaptation, SessionsOptions options, TimeProvider time)
{
    private readonly HistoryBudget _histories = new(options.HistoryBytes);
    private long _lastOpened;

    /// <summary>What the histories of all sessions share.</summary>
    public HistoryBudget Histories => _histories;

    /// <summary>A new session with a ticket of its own, which lapses no later than the credential by which it was asked for.</summary>
    public SessionState Create(string user, MediaAddress entry, SessionParameters parameters, TicketBinding binding)
    {
        var id = parameters.Id ?? NewId();
        var ticket = issuer.Open(id, user, entry.Cluster, entry.Path, parameters.Media) with { Binding = binding, MaxKbps = parameters.LadderKbps, MaxStreams = parameters.MaxStreams, IsForMediaOnly = parameters.IsShared, IsAuto = parameters.IsAuto };
        if (parameters.NotAfter is { } end && end < ticket.HardExpiry) ticket = ticket with { FreshUntil = end < ticket.FreshUntil ? end : ticket.FreshUntil, HardExpiry = end };
        return Restore(ticket, entry, parameters);
    }

    /// <summary>Nobody guesses it: it opens a session's state.</summary>
    public static Guid NewId() => new(RandomNumberGenerator.GetBytes(16));

    /// <summary>The session of a ticket that was signed before, here or on another node.</summary>
    public SessionState Restore(Ticket ticket, MediaAddress entry, SessionParameters parameters)
    {
        var now = time.GetUtcNow();
        var playhead = new Playhead(options.MinBeforePlay, options.MinSegmentsBeforePlay);
        if (parameters.StartPositionSec > 0) playhead.Place(parameters.StartPositionSec, isPlaying: true, now);
        var session = new SessionState(ticket.Session, ticket.User, entry, new TicketPaths(signer, ticket, issuer.GrantedPathsOnly), UniqueMoment(now), parameters, playhead)
        {
            History = options.HistoryBytes > 0 ? new SessionHistory(_histories) : null,
            Adapted = adaptation?.For(ticket.Session, parameters.Player, ticket.IsAuto, parameters.Network),
        };
        session.Touch(now);
        return session;
    }

    private DateTimeOffset UniqueMoment(DateTimeOffset now)
    {
        while (true)
        {
            var last = Interlocked.Read(ref _lastOpened);
            var ticks = Math.Max(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), last + TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref _lastOpened, ticks, last) == last) return new DateTimeOffset(ticks, TimeSpan.Zero);
        }
    }
}
