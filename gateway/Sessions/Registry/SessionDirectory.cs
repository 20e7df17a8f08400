using Gateway.Access.Tickets;
using Gateway.Media;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Store;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Opens sessions, finds them by id and ends them: in this node's registry, and in the session store where one is configured. Media requests of sessions that
/// exist do not come here, so they never wait for a database.
/// </summary>
internal sealed class SessionDirectory(SessionRegistry sessions, SessionDrafts drafts, SessionTelemetry telemetry, CreateLimiter limiter, Drain drain, SessionStore? shared)
{
    /// <summary>Admits the media of users with a stream limit.</summary>
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
    /// The viewer's own session for an entry URL, or a new one, which begins when the origin answers with the title: see <see cref="BeginWithAnswer"/>. Counted by outcome.
    /// </summary>
    public async ValueTask<(OpenVerdict Verdict, SessionState? Session, SessionDraft? Draft)> FindOrOpenAsync(
        HttpContext context, ViewerKey key, SessionParameters parameters, TicketBinding binding)
    {
        if (sessions.TryFind(key, out var session)) return (OpenVerdict.Found, session, null);
        SessionDraft? draft = null;
        OpenVerdict verdict;
        if (drain.IsDraining) verdict = OpenVerdict.Draining;
        else if (!limiter.TryTake(context, out _)) verdict = OpenVerdict.RateLimited;
        // Users without a limit do not wait for the session store; the session is written there a moment later, or once the store is reachable.
        else verdict = drafts.FindOrDraft(key, shared is not null && parameters.MaxStreams > 0 ? parameters with { ViewerKeyName = key.Name } : parameters, binding, out session, out draft);
        if (verdict == OpenVerdict.Opened && shared is not null && parameters.MaxStreams > 0)
            (verdict, session, draft) = await EnterDraftAsync(draft!, key, context.RequestAborted);
        // A draft is counted when it is opened.
        if (verdict != OpenVerdict.Found && draft is null) telemetry.PlayEnded(Correlation.From(context.Request.Headers, null), verdict, key.Entry.Path, parameters.Engine);
        return (verdict, session, draft);
    }

    /// <summary>
    /// Opens a draft as soon as the answer to its request shows that the title is there, before its first byte is sent: with a success, or with 304 to a player that knows it.
    /// A HEAD opens none: nothing is played by it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="draft">What it was given.</param>
    /// <param name="mayTell">Whether no cache stores the response, so that it may carry the ticket that controls the session where its URLs carry one for media only.</param>
    public void BeginWithAnswer(HttpContext context, SessionDraft draft, bool mayTell)
    {
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var begun = telemetry.Timestamp;
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode is not (>= 200 and < 300 or StatusCodes.Status304NotModified) || !drafts.Shown(draft)) return Task.CompletedTask;
            var who = Correlation.From(context.Request.Headers, draft.Session.Id.ToString("N"));
            telemetry.PlayEnded(who, OpenVerdict.Opened, draft.Session.Entry.Path, draft.Session.Parameters.Engine, telemetry.Since(begun));
            // Once: another viewer may find the same session later.
            if (mayTell && draft.Session.Paths.Ticket.IsForMediaOnly) context.Response.Headers["X-Session-Ticket"] = draft.Session.Paths.ControlText;
            return Task.CompletedTask;
        });
    }

    /// <summary>A request that was given a draft is over.</summary>
    public async ValueTask LeaveAsync(SessionDraft draft)
    {
        drafts.Leave(draft);
        // The session store knows the draft only where a limit had to be kept.
        if (shared is not null && draft.Session.Parameters.MaxStreams > 0 && !draft.IsOpen && draft.Waiting == 0) await shared.ForgetAsync(draft.Session.Id);
    }

    /// <summary>A session by its id, wherever it was opened.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isCurrent">Whether the latest state of other nodes is wanted; else the session store is asked only for sessions that are unknown here.</param>
    /// <param name="leaving">The caller leaves.</param>
    /// <returns>Null when there is none; <c>IsAway</c> when only the session store could tell and it does not answer.</returns>
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
        if (row.PositionAt > DateTimeOffset.UnixEpoch) session.Playhead.Place(row.PositionSec, row.IsPlaying, row.PositionAt, isElsewhere: true);
        return (session, false);
    }

    /// <summary>Ends a session here, and on every node that shares the store.</summary>
    public async ValueTask EndAsync(SessionState session, SessionEnding ending, CancellationToken leaving)
    {
        sessions.End(session.Id, ending);
        if (shared is not null) await shared.EndAsync(session, ending, leaving);
    }

    /// <summary>Ends all sessions of a user here, and on every node that shares the store.</summary>
    /// <param name="user">As sessions name it: <see cref="SessionState.User"/>.</param>
    /// <param name="ending">Why.</param>
    /// <param name="leaving">The caller leaves.</param>
    /// <returns>How many were ended on this node, and whether the session store, where there is one, has recorded it: if not, repeat the call.</returns>
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

    /// <summary>Enters a draft into the session store, which keeps the limit for all nodes; or finds there what another node opened for the same viewer.</summary>
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
