using System.Diagnostics.CodeAnalysis;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Media;

namespace Gateway.Sessions.Registry;

/// <summary>
/// How a session goes on that this node does not know: from its ticket alone, which any node can read, or from what another node wrote into the shared store. So a session
/// survives a restart, and any node serves any session.
/// </summary>
/// <remarks>
/// <para>May be called by any number of requests at once. All that come with one unknown ticket get the same session, because the table lets one of them in
/// (<see cref="SessionTable.Enter"/>); each takes its client's share before, and all but one give it back.</para>
/// <para>What has ended for good does not come back: an end is remembered before its session leaves the table, so whoever finds the table empty finds the end. Two things end
/// a session for a while only, silence and a restart. The end by silence is forgotten when the viewer comes back; an end with a reason that comes in that very moment
/// may be forgotten with it on this node, and is heard of again from the shared store, or is asked for again.</para>
/// </remarks>
internal sealed class SessionResumption(SessionTable table, PastSessions past, SessionFactory factory, TimeProvider time)
{
    private volatile bool _isShared;

    /// <summary>Whether other nodes may own what is met here.</summary>
    public bool IsShared
    {
        get => _isShared;
        set => _isShared = value;
    }

    /// <summary>The session of a genuine ticket.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="client">Who shows it: what this node does not know yet takes of this client's share of the table.</param>
    /// <param name="session">Set when it goes on.</param>
    public ResumeVerdict Resume(Ticket ticket, ClientOrigin client, out SessionState? session)
    {
        if (!table.TryGet(ticket.Session, out session))
        {
            if (past.WhyOf(ticket.Session) is { } why && why != SessionEnding.Idle) return ResumeVerdict.Ended;
            if (!TryRevive(ticket, client, out session)) return ResumeVerdict.Full;
        }

        session.Touch(time.GetUtcNow());
        return ResumeVerdict.Resumed;
    }

    /// <summary>Takes in a session that another node opened and the shared store remembers; the one that is here already learns what it did not know.</summary>
    public SessionState Adopt(Ticket ticket, MediaAddress entry, SessionParameters parameters)
    {
        if (!table.TryGet(ticket.Session, out var session))
        {
            table.TakeShare();
            session = table.Enter(factory.Restore(ticket, entry, parameters));
        }

        session.Learn(parameters, entry);
        return session;
    }

    private bool TryRevive(Ticket ticket, ClientOrigin client, [NotNullWhen(true)] out SessionState? session)
    {
        session = null;
        if (!table.TryTakeShare(client)) return false;
        past.Forget(ticket.Session);
        var parameters = SessionParameters.ByUrl with { Client = client, MaxStreams = ticket.MaxStreams, MaxKbps = ticket.MaxKbps, LadderKbps = ticket.MaxKbps, Media = ticket.Grant, IsAuto = ticket.IsAuto };
        session = table.Enter(factory.Restore(ticket, new MediaAddress(ticket.Cluster, "/", string.Empty), parameters));
        // Without a session store no other node can own it.
        if (!_isShared) session.Own(true);
        return true;
    }
}
