using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Gateway.Access.Tickets;
using Gateway.Origin;

namespace Gateway.Sessions;

/// <summary>
/// The guest book: all viewings of this node, by id and by the mark of their viewer. Opening, finding and ending may race freely; a viewer
/// who comes twice at once gets one session, because the mark's entry is made atomically. The data plane never waits here.
/// </summary>
internal sealed class SessionRegistry(TicketOffice office, TicketSigner signer, SessionsOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, SessionState> _byId = new();
    private readonly ConcurrentDictionary<ViewerMark, SessionState> _byMark = new();

    public int Count => _byId.Count;

    /// <summary>The viewer's own session for this entry, or a new one; false when the node is full.</summary>
    public bool TryFindOrOpen(ViewerMark mark, TicketBinding binding, int maxKbps, [NotNullWhen(true)] out SessionState? session)
    {
        var now = time.GetUtcNow();
        if (_byMark.TryGetValue(mark, out session) && IsAlive(session, now))
        {
            session.Touch(now);
            return true;
        }

        if (_byId.Count >= options.MaxSessions)
        {
            session = null;
            return false;
        }

        var fresh = Open(mark, binding, maxKbps, now);
        session = _byMark.AddOrUpdate(mark, fresh, (_, known) => IsAlive(known, now) ? known : fresh);
        if (ReferenceEquals(session, fresh)) _byId[fresh.Id] = fresh;
        session.Touch(now);
        return true;
    }

    /// <summary>Whether a session plays here: what a lapsed ticket needs to be honoured.</summary>
    public bool Lives(Guid id) => _byId.TryGetValue(id, out var session) && IsAlive(session, time.GetUtcNow());

    /// <summary>
    /// The session of a genuine ticket. One that this node does not know was opened elsewhere or before a restart: it goes on here.
    /// </summary>
    public SessionState Resume(Ticket ticket)
    {
        var now = time.GetUtcNow();
        if (!_byId.TryGetValue(ticket.Session, out var session))
        {
            var entry = new MediaAddress(ticket.Cluster, "/", string.Empty);
            session = _byId.GetOrAdd(ticket.Session, new SessionState(ticket.Session, ticket.User, entry, new TicketPaths(signer, ticket), now));
        }

        session.Touch(now);
        return session;
    }

    /// <summary>Ends every session of which nothing was heard for too long, or whose ticket is over; returns how many.</summary>
    public int EndIdle()
    {
        var now = time.GetUtcNow();
        var ended = 0;
        foreach (var (id, session) in _byId)
        {
            if (IsAlive(session, now) || !_byId.TryRemove(id, out _)) continue;
            ended++;
        }

        foreach (var known in _byMark)
        {
            if (!IsAlive(known.Value, now)) _byMark.TryRemove(known);
        }

        return ended;
    }

    private bool IsAlive(SessionState session, DateTimeOffset now) =>
        now - session.LastActivity < options.IdleTimeout && now < session.Paths.Ticket.HardExpiry;

    private SessionState Open(ViewerMark mark, TicketBinding binding, int maxKbps, DateTimeOffset now)
    {
        var id = new Guid(RandomNumberGenerator.GetBytes(16));
        var ticket = office.Open(id, mark.User, mark.Entry.Cluster, mark.Entry.Path) with { Binding = binding, MaxKbps = maxKbps };
        return new SessionState(id, mark.User, mark.Entry, new TicketPaths(signer, ticket), now);
    }
}
