using Gateway.Access.Tickets;
using Gateway.Origin;
using Gateway.Sessions.Shared;

namespace Gateway.Sessions;

/// <summary>
/// Where sessions are opened, found by their id and ended: in this node's guest book alone, or, with a shared one, in both. Media requests of sessions that
/// exist do not come here, so they never wait for a database.
/// </summary>
internal sealed class SessionLobby(SessionRegistry sessions, SessionMetrics metrics, TimeProvider time, SharedBook? shared)
{
    /// <summary>A new session.</summary>
    public async ValueTask<(OpenVerdict Verdict, SessionState? Session)> OpenAsync(
        string user, MediaAddress entry, SessionOrder order, TicketBinding binding, CancellationToken leaving)
    {
        if (shared is not null) return await OpenSharedAsync(user, entry, order, binding, null, leaving);
        var verdict = sessions.Open(user, entry, order, binding, out var session);
        return (verdict, session);
    }

    /// <summary>The viewer's own session for an entry, or a new one. Counted by how it ended.</summary>
    public async ValueTask<(OpenVerdict Verdict, SessionState? Session)> FindOrOpenAsync(ViewerMark mark, SessionOrder order, TicketBinding binding, CancellationToken leaving)
    {
        if (sessions.TryFind(mark, out var own)) return (OpenVerdict.Found, own);
        OpenVerdict verdict;
        SessionState? session;
        // Who has no limit is let in at once; the shared book hears of it a moment later, also when it is away just now.
        if (shared is null || order.MaxStreams == 0) verdict = sessions.FindOrOpen(mark, order, binding, out session);
        else (verdict, session) = await OpenSharedAsync(mark.User, mark.Entry, order, binding, mark, leaving);
        if (verdict != OpenVerdict.Found) metrics.Wished(verdict);
        return (verdict, session);
    }

    /// <summary>A session by its id, wherever it was opened.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isCurrent">Whether what other nodes heard of it since is wanted; else the shared book is asked only for what is unknown here.</param>
    /// <param name="leaving">The caller leaves.</param>
    /// <returns>Null when there is none; <c>IsAway</c> when the shared book would have to say and does not answer.</returns>
    public async ValueTask<(SessionState? Session, bool IsAway)> FindAsync(Guid id, bool isCurrent, CancellationToken leaving)
    {
        var isHere = sessions.TryGet(id, out var session);
        if (shared is null || (isHere && session!.IsKnown && !isCurrent) || sessions.HasEnded(id)) return (session, false);
        var (row, isAway) = await shared.FindAsync(id, leaving);
        if (row is null) return (session, isAway && !isHere);
        if (row.Ended)
        {
            sessions.EndedElsewhere(id, row.Ticket.HardExpiry, row.Ending);
            return (null, false);
        }

        session = sessions.Adopt(row.Ticket, row.Entry, row.Order);
        if (row.PositionAt > DateTimeOffset.UnixEpoch) session.Playhead.Place(row.PositionSec, row.IsPlaying, row.PositionAt);
        return (session, false);
    }

    /// <summary>Ends a session here, and on every node that shares the book.</summary>
    public async ValueTask EndAsync(SessionState session, SessionEnding ending, CancellationToken leaving)
    {
        sessions.End(session.Id, ending);
        if (shared is not null) await shared.EndAsync(session, ending, leaving);
    }

    private async ValueTask<(OpenVerdict Verdict, SessionState? Session)> OpenSharedAsync(
        string user, MediaAddress entry, SessionOrder order, TicketBinding binding, ViewerMark? mark, CancellationToken leaving)
    {
        if (!sessions.TryDraft(user, entry, order with { Mark = mark?.Name }, binding, out var draft)) return (OpenVerdict.Full, null);
        var (verdict, row) = await shared!.EnterAsync(draft, leaving);
        if (row is not null && mark is { } viewer)
        {
            var found = sessions.Adopt(row.Ticket, row.Entry, row.Order);
            sessions.Recognise(viewer, found);
            found.Touch(time.GetUtcNow());
            return (OpenVerdict.Found, found);
        }

        if (verdict != OpenVerdict.Opened) return (verdict, null);
        sessions.Admit(draft, mark);
        return (OpenVerdict.Opened, draft);
    }
}
