using System.Diagnostics.CodeAnalysis;
using Gateway.Access.Tickets;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Sessions that wait for the origin's answer: a session that is requested by its URL begins with the first successful response, so a mistyped address opens none.
/// Each has its share of the table and, where its user has a limit, the promise of a place.
/// </summary>
/// <remarks>
/// <para>Callers may race freely. A viewer key has one draft at a time: requests of one viewer that come together are given the same one. A draft has one ending: it is opened by the
/// first of them that is answered with the title (<see cref="Shown"/> is true once), or it is given up when the last of them has left. Between the two there is no gap
/// in which a third request would open a second session: the opened one enters the table before its draft goes.</para>
/// <para>The lock protects the drafts and their counts. Under it the registry is asked, which takes the locks of the shares and of the users' places and knows nothing of drafts;
/// never the other way round. The last to leave a draft gives its share back after the lock.</para>
/// </remarks>
internal sealed class SessionDrafts(SessionRegistry sessions, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ViewerKey, SessionDraft> _drafts = [];
    private readonly FailedStarts _failed = new(time);

    /// <summary>Told of each draft when it has ended: opened or not. Listeners are quick and do not throw.</summary>
    public Action<SessionDraft>? Ended { get; set; }

    /// <summary>
    /// The viewer's own session for an entry, or a draft of one, which is opened by <see cref="Shown"/>. Each request that was given a draft leaves it by <see cref="Leave"/>.
    /// </summary>
    public OpenVerdict FindOrDraft(ViewerKey key, SessionParameters parameters, TicketBinding binding, out SessionState? session, out SessionDraft? draft)
    {
        draft = null;
        // Two requests of one viewer at once: the second must find what the first began.
        lock (_lock)
        {
            if (sessions.TryFind(key, out session)) return OpenVerdict.Found;
            if (_drafts.TryGetValue(key, out draft))
            {
                draft.Waiting++;
                session = draft.Session;
                return OpenVerdict.Found;
            }

            var verdict = sessions.Reserve(key.User, key.Entry, parameters, binding, out session);
            if (session is not null) draft = _drafts[key] = new SessionDraft(session, key);
            return verdict;
        }
    }

    /// <summary>The origin has answered with the title: the session begins.</summary>
    /// <returns>False when another request has said so.</returns>
    public bool Shown(SessionDraft draft)
    {
        lock (_lock)
        {
            if (draft.IsOpen) return false;
            draft.IsOpen = true;
            draft.Session.Touch(time.GetUtcNow());
            sessions.Admit(draft.Session, draft.Key);
            _drafts.Remove(draft.Key);
        }

        Ended?.Invoke(draft);
        return true;
    }

    /// <summary>A request that was given a draft is over.</summary>
    public void Leave(SessionDraft draft)
    {
        lock (_lock)
        {
            if (--draft.Waiting > 0 || draft.IsOpen) return;
            _drafts.Remove(draft.Key);
        }

        draft.Session.Tracker.End();
        sessions.Discard(draft.Session);
        _failed.Remember(draft.Session);
        Ended?.Invoke(draft);
    }

    /// <summary>A session of this node that never began: see <see cref="FailedStarts"/>.</summary>
    public bool TryGetFailedStart(Guid id, [NotNullWhen(true)] out SessionState? session) => _failed.TryGet(id, out session);

    public void Dispose() => _failed.Dispose();
}
