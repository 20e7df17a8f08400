using System.Security.Cryptography;
using Gateway.Access.Tickets;
using Gateway.Origin;

namespace Gateway.Sessions;

/// <summary>Makes sessions from what they were asked for, or from a ticket. What it makes is known to nobody yet and takes no share of the table: see <see cref="SessionTable"/>.</summary>
/// <remarks>
/// Thread-safe without a lock: nothing is shared but the moment of the last opening, which moves on by compare-and-swap. So no two sessions have the same
/// <see cref="SessionState.CreatedAt"/>, however many are made at once: which of two came later must never be in doubt, also where a database keeps whole microseconds only.
/// </remarks>
internal sealed class SessionFactory(TicketOffice office, TicketSigner signer, SessionsOptions options, TimeProvider time)
{
    private long _lastOpened;

    /// <summary>A new session with a ticket of its own, which lapses no later than the credential by which it was asked for.</summary>
    public SessionState Create(string user, MediaAddress entry, SessionOrder order, TicketBinding binding)
    {
        var id = new Guid(RandomNumberGenerator.GetBytes(16));
        var ticket = office.Open(id, user, entry.Cluster, entry.Path, order.Media) with { Binding = binding, MaxKbps = order.LadderKbps, MaxStreams = order.MaxStreams, IsForMediaOnly = order.IsShared };
        if (order.NotAfter is { } end && end < ticket.HardExpiry) ticket = ticket with { FreshUntil = end < ticket.FreshUntil ? end : ticket.FreshUntil, HardExpiry = end };
        return Restore(ticket, entry, order);
    }

    /// <summary>The session of a ticket that was signed before, here or on another node.</summary>
    public SessionState Restore(Ticket ticket, MediaAddress entry, SessionOrder order)
    {
        var now = time.GetUtcNow();
        var playhead = new Playhead(options.MinBeforePlay, options.MinSegmentsBeforePlay);
        if (order.StartPositionSec > 0) playhead.Place(order.StartPositionSec, isPlaying: true, now);
        var session = new SessionState(ticket.Session, ticket.User, entry, new TicketPaths(signer, ticket, office.GrantedPathsOnly), UniqueMoment(now), order, playhead);
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
