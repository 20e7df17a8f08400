using System.Diagnostics.CodeAnalysis;
using Gateway.Access.Tickets;

namespace Gateway.Sessions;

/// <summary>Sessions that wait for the origin to show their title. The lock protects the drafts; under it the table and the user's places are asked, which know nothing of drafts.</summary>
internal sealed partial class SessionRegistry
{
    private readonly Lock _draftsLock = new();
    private readonly Dictionary<ViewerMark, SessionDraft> _drafts = [];

    /// <summary>
    /// The viewer's own session for an entry, or a draft of one, which is opened by <see cref="Shown"/>. Each request that was given a draft leaves it by <see cref="Leave"/>.
    /// </summary>
    public OpenVerdict FindOrDraft(ViewerMark mark, SessionOrder order, TicketBinding binding, out SessionState? session, out SessionDraft? draft)
    {
        draft = null;
        // Two requests of one viewer at once: the second must find what the first began.
        lock (_draftsLock)
        {
            if (TryFind(mark, out session)) return OpenVerdict.Found;
            if (_drafts.TryGetValue(mark, out draft))
            {
                draft.Waiting++;
                session = draft.Session;
                return OpenVerdict.Found;
            }

            if (!TryDraft(mark.User, mark.Entry, order, binding, out session)) return OpenVerdict.Full;
            if (order.MaxStreams > 0 && !Streams.TryReserve(session))
            {
                Discard(session);
                session = null;
                return OpenVerdict.TooManyStreams;
            }

            draft = _drafts[mark] = new SessionDraft(session, mark);
            return OpenVerdict.Opened;
        }
    }

    /// <summary>The origin has shown the title: the viewing begins.</summary>
    /// <returns>False when another request has said so.</returns>
    public bool Shown(SessionDraft draft)
    {
        lock (_draftsLock)
        {
            if (draft.IsOpen) return false;
            draft.IsOpen = true;
            draft.Session.Touch(_time.GetUtcNow());
            Admit(draft.Session, draft.Mark);
            _drafts.Remove(draft.Mark);
            return true;
        }
    }

    /// <summary>A request is over that was given a draft.</summary>
    public void Leave(SessionDraft draft)
    {
        lock (_draftsLock)
        {
            if (--draft.Waiting > 0 || draft.IsOpen) return;
            _drafts.Remove(draft.Mark);
        }

        draft.Session.Trail.End();
        Discard(draft.Session);
        _failed.Remember(draft.Session);
    }

    /// <summary>A session of this node that never began: see <see cref="FailedStarts"/>.</summary>
    public bool TryGetFailedStart(Guid id, [NotNullWhen(true)] out SessionState? session) => _failed.TryGet(id, out session);

    public void Dispose() => _failed.Dispose();
}
