using Gateway.Access.Tickets;
using Gateway.Media;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Store;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Where sessions are opened, found by their id and ended: in this node's guest book alone, or, with a shared one, in both. Media requests of sessions that
/// exist do not come here, so they never wait for a database.
/// </summary>
internal sealed class SessionDirectory(SessionRegistry sessions, SessionDrafts drafts, SessionMetrics metrics, CreateLimiter limiter, Drain drain, SessionStore? shared)
{
    /// <summary>Where the media of users with a limit pass.</summary>
    public StreamGate Streams { get; } = new(sessions, shared);

    /// <summary>Whether this node refuses new sessions.</summary>
    public bool IsDraining => drain.IsDraining;

    /// <summary>A new session, where this node takes any.</summary>
    public async ValueTask<(OpenVerdict Verdict, SessionState? Session)> OpenAsync(
        string user, MediaAddress entry, SessionParameters parameters, TicketBinding binding, CancellationToken leaving)
    {
        if (drain.IsDraining) return (OpenVerdict.Draining, null);
        if (shared is not null) return await OpenSharedAsync(user, entry, parameters, binding, leaving);
        var verdict = sessions.Open(user, entry, parameters, binding, out var session);
        return (verdict, session);
    }

    /// <summary>
    /// The viewer's own session for an entry, or a new one, which begins when the origin has shown the title: see <see cref="BeginWithAnswer"/>. Counted by how it ended.
    /// </summary>
    public async ValueTask<(OpenVerdict Verdict, SessionState? Session, SessionDraft? Draft)> FindOrOpenAsync(
        HttpContext context, ViewerKey key, SessionParameters parameters, TicketBinding binding)
    {
        if (sessions.TryFind(key, out var session)) return (OpenVerdict.Found, session, null);
        SessionDraft? draft = null;
        OpenVerdict verdict;
        if (drain.IsDraining) verdict = OpenVerdict.Draining;
        else if (!limiter.TryTake(context, out _)) verdict = OpenVerdict.RateLimited;
        // Who has no limit is let in at once; the shared book hears of it a moment later, also when it is away just now.
        else verdict = drafts.FindOrDraft(key, shared is not null && parameters.MaxStreams > 0 ? parameters with { Mark = key.Name } : parameters, binding, out session, out draft);
        if (verdict == OpenVerdict.Opened && shared is not null && parameters.MaxStreams > 0)
            (verdict, session, draft) = await EnterDraftAsync(draft!, key, context.RequestAborted);
        // A draft is counted when it is opened.
        if (verdict != OpenVerdict.Found && draft is null) metrics.CreateEnded(verdict);
        return (verdict, session, draft);
    }

    /// <summary>
    /// Opens a draft as soon as the answer to its request shows that the title is there, before its first byte is sent: with a success, or with 304 to a player that knows it.
    /// A HEAD opens none: nothing is played by it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="draft">What it was given.</param>
    /// <param name="mayTell">Whether the answer is stored by nobody, so that it may hold the ticket by which the session is controlled, where its URLs have one for media only.</param>
    public void BeginWithAnswer(HttpContext context, SessionDraft draft, bool mayTell)
    {
        if (HttpMethods.IsHead(context.Request.Method)) return;
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode is not (>= 200 and < 300 or StatusCodes.Status304NotModified) || !drafts.Shown(draft)) return Task.CompletedTask;
            metrics.CreateEnded(OpenVerdict.Opened);
            // Once: who finds the session later may be somebody else.
            if (mayTell && draft.Session.Paths.Ticket.IsForMediaOnly) context.Response.Headers["X-Session-Ticket"] = draft.Session.Paths.ControlText;
            return Task.CompletedTask;
        });
    }

    /// <summary>A request is over that was given a draft.</summary>
    public async ValueTask LeaveAsync(SessionDraft draft)
    {
        drafts.Leave(draft);
        // The shared book has heard of it only where a limit had to be kept.
        if (shared is not null && draft.Session.Parameters.MaxStreams > 0 && !draft.IsOpen && draft.Waiting == 0) await shared.ForgetAsync(draft.Session.Id);
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

        session = sessions.Adopt(row.Ticket, row.Entry, row.Parameters);
        if (row.PositionAt > DateTimeOffset.UnixEpoch) session.Playhead.Place(row.PositionSec, row.IsPlaying, row.PositionAt);
        return (session, false);
    }

    /// <summary>Ends a session here, and on every node that shares the book.</summary>
    public async ValueTask EndAsync(SessionState session, SessionEnding ending, CancellationToken leaving)
    {
        sessions.End(session.Id, ending);
        if (shared is not null) await shared.EndAsync(session, ending, leaving);
    }

    /// <summary>Ends all sessions of a user here, and on every node that shares the book.</summary>
    /// <param name="user">As sessions name it: <see cref="SessionState.User"/>.</param>
    /// <param name="ending">Why.</param>
    /// <param name="leaving">The caller leaves.</param>
    /// <returns>How many were ended on this node, and whether the shared book, where there is one, has heard of it: if not, ask again.</returns>
    public async ValueTask<(int Ended, bool IsShared)> EndUserAsync(string user, SessionEnding ending, CancellationToken leaving)
    {
        var ended = 0;
        foreach (var session in sessions.Of(user))
        {
            if (!sessions.End(session.Id, ending)) continue;
            ended++;
            if (shared is not null) await shared.EndAsync(session, ending, leaving);
        }

        return (ended, shared is null || await shared.EndUserAsync(user, ending, leaving));
    }

    private async ValueTask<(OpenVerdict Verdict, SessionState? Session)> OpenSharedAsync(
        string user, MediaAddress entry, SessionParameters parameters, TicketBinding binding, CancellationToken leaving)
    {
        if (!sessions.TryDraft(user, entry, parameters, binding, out var draft)) return (OpenVerdict.Full, null);
        var isOpen = false;
        try
        {
            var (verdict, _) = await shared!.EnterAsync(draft, sessions.Streams, leaving);
            isOpen = verdict == OpenVerdict.Opened;
            if (!isOpen) return (verdict, null);
            sessions.Admit(draft, null);
            return (OpenVerdict.Opened, draft);
        }
        finally
        {
            if (!isOpen) sessions.Discard(draft);
        }
    }

    /// <summary>Enters a draft into the shared book, which keeps the limit for all nodes; or finds there what another node opened for the same viewer.</summary>
    private async ValueTask<(OpenVerdict Verdict, SessionState? Session, SessionDraft? Draft)> EnterDraftAsync(SessionDraft draft, ViewerKey key, CancellationToken leaving)
    {
        var isEntered = false;
        try
        {
            var (verdict, row) = await shared!.EnterAsync(draft.Session, sessions.Streams, leaving);
            isEntered = verdict == OpenVerdict.Opened;
            if (isEntered) return (verdict, draft.Session, draft);
            if (row is null) return (verdict, null, null);
            var found = sessions.Adopt(row.Ticket, row.Entry, row.Parameters);
            sessions.Recognise(key, found);
            return (OpenVerdict.Found, found, null);
        }
        finally
        {
            if (!isEntered) drafts.Leave(draft);
        }
    }
}
