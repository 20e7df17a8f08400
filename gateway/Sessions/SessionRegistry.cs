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
/// <remarks>
/// An ended session leaves its id behind, at most until its ticket's hard expiry, so that its URLs are told 410 and are not taken for those of
/// another node's session. The number of streams of a user is looked at and kept under one lock, else two wishes at once could both be the last one
/// allowed; the lock is taken only for users who have a limit.
/// </remarks>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<Guid, SessionState> _byId = new();
    private readonly ConcurrentDictionary<ViewerMark, SessionState> _byMark = new();
    private readonly ConcurrentDictionary<Guid, Past> _ended = new();
    private readonly ConcurrentQueue<Guid> _endedInOrder = new();
    private readonly SessionCensus _census = new();
    private readonly Lock _limits = new();
    private readonly Dictionary<string, List<SessionState>> _limited = new(StringComparer.Ordinal);
    private readonly TicketOffice _office;
    private readonly TicketSigner _signer;
    private readonly SessionsOptions _options;
    private readonly SessionLedger _ledger;
    private readonly TimeProvider _time;
    private volatile bool _shares;

    public SessionRegistry(TicketOffice office, TicketSigner signer, SessionsOptions options, SessionLedger ledger, SessionMetrics metrics, TimeProvider time)
    {
        _office = office;
        _signer = signer;
        _options = options;
        _ledger = ledger;
        _time = time;
        metrics.Watch(_census.Measure);
    }

    public int Count => _byId.Count;

    /// <summary>
    /// Told of each viewing that is over here, once, when its id is out of the book; on the thread that ended it, which holds no lock. Listeners are added (<c>+=</c>) before the first request; they are
    /// quick and do not throw.
    /// </summary>
    public Action<SessionState>? SessionEnded { get; set; }

    /// <summary>From now on others may own what is met here.</summary>
    public void Share() => _shares = true;

    /// <summary>As they are met: a copy of the whole book would stop everybody who opens or ends a session.</summary>
    public IEnumerable<SessionState> All => _byId.Select(known => known.Value);

    /// <summary>Those heard of last, the latest first.</summary>
    public IEnumerable<SessionState> Latest(int most) => All.OrderByDescending(session => session.LastActivity).Take(most);

    /// <summary>The viewer's own session for this entry, if it has one.</summary>
    public bool TryFind(ViewerMark mark, [NotNullWhen(true)] out SessionState? session)
    {
        var now = _time.GetUtcNow();
        if (!_byMark.TryGetValue(mark, out session) || !IsAlive(session, now)) return false;
        session.Touch(now);
        _census.Look(session);
        return true;
    }

    /// <summary>The viewer's own session for this entry, or a new one.</summary>
    public OpenVerdict FindOrOpen(ViewerMark mark, SessionOrder order, TicketBinding binding, out SessionState? session)
    {
        if (order.MaxStreams == 0) return FindOrOpenUnlimited(mark, order, binding, out session);
        // Two requests of one viewer at once: the second must find the first's session, not the limit.
        lock (_limits) return FindOrOpenUnlimited(mark, order, binding, out session);
    }

    /// <summary>A new session, within the user's limit as this node knows it.</summary>
    public OpenVerdict Open(string user, MediaAddress entry, SessionOrder order, TicketBinding binding, out SessionState? session)
    {
        if (!TryDraft(user, entry, order, binding, out session)) return OpenVerdict.Full;
        if (order.MaxStreams == 0)
        {
            Admit(session, null);
            return OpenVerdict.Opened;
        }

        lock (_limits)
        {
            var streams = StreamsOfNeedsLock(user);
            var now = _time.GetUtcNow();
            if (streams.Count(s => IsStream(s, order, now)) >= order.MaxStreams)
            {
                session = null;
                return OpenVerdict.TooManyStreams;
            }

            streams.Add(session);
            Admit(session, null);
        }

        return OpenVerdict.Opened;
    }

    /// <summary>A session that nobody knows yet; false when this node is full.</summary>
    public bool TryDraft(string user, MediaAddress entry, SessionOrder order, TicketBinding binding, [NotNullWhen(true)] out SessionState? session)
    {
        session = null;
        if (_byId.Count >= _options.MaxSessions) return false;
        var id = new Guid(RandomNumberGenerator.GetBytes(16));
        var ticket = _office.Open(id, user, entry.Cluster, entry.Path) with { Binding = binding, MaxKbps = order.LadderKbps };
        session = Make(ticket, entry, order, _time.GetUtcNow());
        session.Own(true);
        return true;
    }

    /// <summary>Enters a draft into the book, under the mark of its viewer where it has one.</summary>
    public void Admit(SessionState session, ViewerMark? mark)
    {
        _byId[session.Id] = session;
        _census.Look(session);
        if (mark is { } known) _byMark[known] = session;
    }

    public bool TryGet(Guid id, [NotNullWhen(true)] out SessionState? session) =>
        _byId.TryGetValue(id, out session) && IsAlive(session, _time.GetUtcNow());

    /// <summary>Whether a session was here and is over.</summary>
    public bool HasEnded(Guid id) => _ended.ContainsKey(id);

    /// <summary>Whether a session plays here.</summary>
    public bool Lives(Guid id) => TryGet(id, out _);

    /// <summary>
    /// Whether a lapsed ticket is honoured: its session plays here, or may play elsewhere. The data plane does not ask the shared book; what ended there is known
    /// here within a second, so what is not known as ended is taken for living.
    /// </summary>
    public bool MayLive(Guid id) => Lives(id) || (_shares && !_ended.ContainsKey(id));

    /// <summary>
    /// The session of a genuine ticket, or null when it is over. One that this node does not know was opened elsewhere or before a restart: it goes on here.
    /// </summary>
    public SessionState? Resume(Ticket ticket)
    {
        var now = _time.GetUtcNow();
        if (!_byId.TryGetValue(ticket.Session, out var session))
        {
            if (_ended.TryGetValue(ticket.Session, out var past) && past.Why != SessionEnding.Idle) return null;
            _ended.TryRemove(ticket.Session, out _);
            var entry = new MediaAddress(ticket.Cluster, "/", string.Empty);
            session = _byId.GetOrAdd(ticket.Session, Make(ticket, entry, SessionOrder.ByUrl with { MaxKbps = ticket.MaxKbps, LadderKbps = ticket.MaxKbps }, now));
            // Without a shared book nobody else can own it.
            if (!_shares) session.Own(true);
        }

        session.Touch(now);
        _census.Look(session);
        return session;
    }

    /// <summary>Takes in a session that another node opened and the shared store remembers.</summary>
    public SessionState Adopt(Ticket ticket, MediaAddress entry, SessionOrder order)
    {
        var now = _time.GetUtcNow();
        var session = _byId.GetOrAdd(ticket.Session, _ => Make(ticket, entry, order, now));
        session.Learn(order, entry);
        _census.Look(session);
        return session;
    }

    /// <summary>Ends a session for good.</summary>
    /// <returns>False when it was not here.</returns>
    public bool End(Guid id, SessionEnding ending)
    {
        if (!_byId.TryRemove(id, out var session)) return false;
        Finish(session, ending);
        return true;
    }

    /// <summary>A session that was ended elsewhere: its URLs end here as well.</summary>
    public void EndedElsewhere(Guid id, DateTimeOffset hardExpiry, SessionEnding ending)
    {
        if (ending == SessionEnding.Idle && TryGet(id, out _)) return;
        if (!End(id, ending)) Remember(id, new Past(hardExpiry, ending));
    }

    /// <summary>
    /// Ends every session of which nothing was heard for too long, or whose ticket is over; returns how many. A viewer who comes back after a long
    /// pause with a ticket that is still good goes on watching: see <see cref="Resume"/>.
    /// </summary>
    public int EndIdle()
    {
        var now = _time.GetUtcNow();
        var ended = 0;
        foreach (var (id, session) in _byId)
        {
            if (IsAlive(session, now))
            {
                _census.Look(session);
                continue;
            }

            if (!_byId.TryRemove(id, out _)) continue;
            Finish(session, now < session.Paths.Ticket.HardExpiry ? SessionEnding.Idle : SessionEnding.Expired);
            ended++;
        }

        foreach (var known in _byMark)
        {
            if (!IsAlive(known.Value, now)) _byMark.TryRemove(known);
        }

        foreach (var past in _ended)
        {
            if (past.Value.Until <= now) _ended.TryRemove(past);
        }

        ForgetUsersWithoutSessions();
        return ended;
    }

    private void Finish(SessionState session, SessionEnding ending)
    {
        _census.Leave(session);
        Remember(session.Id, new Past(session.Paths.Ticket.HardExpiry, ending));
        if (session.Playhead.Stop()) _ledger.Ended(session, ending);
        session.Trail.End();
        SessionEnded?.Invoke(session);
    }

    /// <summary>As many ends as there may be sessions; the oldest go first, so that a node that runs for months does not grow.</summary>
    private void Remember(Guid id, Past past)
    {
        if (!_ended.TryAdd(id, past)) return;
        _endedInOrder.Enqueue(id);
        while (_ended.Count > _options.MaxSessions && _endedInOrder.TryDequeue(out var oldest)) _ended.TryRemove(oldest, out _);
    }

    private OpenVerdict FindOrOpenUnlimited(ViewerMark mark, SessionOrder order, TicketBinding binding, out SessionState? session)
    {
        if (TryFind(mark, out session)) return OpenVerdict.Found;
        var verdict = Open(mark.User, mark.Entry, order, binding, out var fresh);
        if (verdict != OpenVerdict.Opened) return verdict;
        var now = _time.GetUtcNow();
        session = _byMark.AddOrUpdate(mark, fresh!, (_, known) => IsAlive(known, now) ? known : fresh!);
        if (ReferenceEquals(session, fresh)) return OpenVerdict.Opened;
        // Somebody else with the same mark was quicker: there is one viewing.
        _byId.TryRemove(fresh!.Id, out _);
        _census.Leave(fresh);
        session.Touch(now);
        return OpenVerdict.Found;
    }

    /// <summary>The user's sessions that are not over.</summary>
    private List<SessionState> StreamsOfNeedsLock(string user)
    {
        if (!_limited.TryGetValue(user, out var sessions)) _limited[user] = sessions = [];
        sessions.RemoveAll(s => !_byId.ContainsKey(s.Id));
        return sessions;
    }

    private void ForgetUsersWithoutSessions()
    {
        lock (_limits)
        {
            foreach (var (user, sessions) in _limited)
            {
                if (!sessions.Exists(s => _byId.ContainsKey(s.Id))) _limited.Remove(user);
            }
        }
    }

    private bool IsStream(SessionState session, SessionOrder wish, DateTimeOffset now)
    {
        if (session.IsSuperseded || session.Id == wish.Previous || now - session.LastActivity >= _options.StreamTimeout) return false;
        if (wish.DeviceId is not null && string.Equals(session.Order.DeviceId, wish.DeviceId, StringComparison.Ordinal)) return false;
        return !session.Order.Prewarmed || session.Playhead.Picture.HasBegun;
    }

    private SessionState Make(Ticket ticket, MediaAddress entry, SessionOrder order, DateTimeOffset now)
    {
        var playhead = new Playhead(_options.MinBeforePlay, _options.MinSegmentsBeforePlay);
        if (order.StartPositionSec > 0) playhead.Place(order.StartPositionSec, isPlaying: true, now);
        return new SessionState(ticket.Session, ticket.User, entry, new TicketPaths(_signer, ticket), now, order, playhead);
    }

    private bool IsAlive(SessionState session, DateTimeOffset now) =>
        now - session.LastActivity < _options.IdleTimeout && now < session.Paths.Ticket.HardExpiry && _byId.ContainsKey(session.Id);

    private readonly record struct Past(DateTimeOffset Until, SessionEnding Why);
}
