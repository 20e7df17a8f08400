using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Origin;

namespace Gateway.Sessions;

/// <summary>
/// The guest book: all viewings of this node, by id and by the mark of their viewer. Opening, finding and ending may race freely; a viewer
/// who comes twice at once gets one session, because the mark's entry is made atomically. The data plane never waits here.
/// </summary>
/// <remarks>
/// A user's limit of streams is kept by <see cref="Streams"/>, which is asked only for users who have one: when a viewing is opened, and with each of its media.
/// </remarks>
internal sealed partial class SessionRegistry : IDisposable
{
    private readonly ConcurrentDictionary<Guid, SessionState> _byId = new();
    private readonly ConcurrentDictionary<ViewerMark, SessionState> _byMark = new();
    private readonly PastSessions _ended;
    private readonly FailedStarts _failed;
    private readonly SessionCensus _census = new();
    private readonly SessionShares _table;
    private readonly TicketOffice _office;
    private readonly TicketSigner _signer;
    private readonly SessionsOptions _options;
    private readonly SessionLedger _ledger;
    private readonly TimeProvider _time;
    private volatile bool _shares;
    private long _lastOpened;

    public SessionRegistry(TicketOffice office, TicketSigner signer, SessionsOptions options, SessionLedger ledger, SessionMetrics metrics, TimeProvider time)
    {
        _office = office;
        _signer = signer;
        _options = options;
        _ledger = ledger;
        _time = time;
        _ended = new PastSessions(options);
        _failed = new FailedStarts(time);
        _table = new SessionShares(options);
        Streams = new UserStreams(options, time);
        metrics.Watch(_census.Measure);
    }

    public int Count => _byId.Count;

    /// <summary>Who holds the places of users with a limit.</summary>
    public UserStreams Streams { get; }

    /// <summary>
    /// Told of each viewing that is over here, once, when its id is out of the book; on the thread that ended it, which holds no lock. Listeners are added (<c>+=</c>) before the first request; they are
    /// quick and do not throw.
    /// </summary>
    public Action<SessionState>? SessionEnded { get; set; }

    /// <summary>From now on others may own what is met here.</summary>
    public void Share() => Streams.IsShared = _shares = true;

    /// <summary>As they are met: a copy of the whole book would stop everybody who opens or ends a session.</summary>
    public IEnumerable<SessionState> All => _byId.Select(known => known.Value);

    /// <summary>A user's sessions on this node.</summary>
    public IEnumerable<SessionState> Of(string user) => All.Where(session => string.Equals(session.User, user, StringComparison.Ordinal));

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

    /// <summary>A new session, within the user's limit as this node knows it.</summary>
    public OpenVerdict Open(string user, MediaAddress entry, SessionOrder order, TicketBinding binding, out SessionState? session)
    {
        if (!TryDraft(user, entry, order, binding, out session)) return OpenVerdict.Full;
        if (order.MaxStreams > 0 && !Streams.TryReserve(session))
        {
            Discard(session);
            session = null;
            return OpenVerdict.TooManyStreams;
        }

        Admit(session, null);
        return OpenVerdict.Opened;
    }

    /// <summary>A session that nobody knows yet; false when this node is full.</summary>
    public bool TryDraft(string user, MediaAddress entry, SessionOrder order, TicketBinding binding, [NotNullWhen(true)] out SessionState? session)
    {
        session = null;
        if (!_table.TryTake(order.Client)) return false;
        var id = new Guid(RandomNumberGenerator.GetBytes(16));
        var ticket = _office.Open(id, user, entry.Cluster, entry.Path, order.Media) with { Binding = binding, MaxKbps = order.LadderKbps, MaxStreams = order.MaxStreams, IsForMediaOnly = order.IsShared };
        if (order.NotAfter is { } end && end < ticket.HardExpiry) ticket = ticket with { FreshUntil = end < ticket.FreshUntil ? end : ticket.FreshUntil, HardExpiry = end };
        session = Make(ticket, entry, order, _time.GetUtcNow());
        session.Own(true);
        return true;
    }

    /// <summary>A draft that did not become a session: its place is free again.</summary>
    public void Discard(SessionState session)
    {
        if (session.Order.MaxStreams > 0) Streams.Leave(session);
        if (session.TryLeaveTable()) _table.GiveBack(session.Client);
    }

    /// <summary>Enters a draft into the book, under the mark of its viewer where it has one.</summary>
    public void Admit(SessionState session, ViewerMark? mark)
    {
        _byId[session.Id] = session;
        _census.Look(session);
        if (mark is { } known) _byMark[known] = session;
    }

    /// <summary>From now on a viewer finds a session that another node opened for the same mark.</summary>
    public void Recognise(ViewerMark mark, SessionState session) => _byMark[mark] = session;

    public bool TryGet(Guid id, [NotNullWhen(true)] out SessionState? session) =>
        _byId.TryGetValue(id, out session) && IsAlive(session, _time.GetUtcNow());

    /// <summary>Whether a session was here and is over.</summary>
    public bool HasEnded(Guid id) => _ended.Contains(id);

    /// <summary>Whether a session plays here.</summary>
    public bool Lives(Guid id) => TryGet(id, out _);

    /// <summary>
    /// Whether a lapsed ticket is honoured: its session plays here, or may play elsewhere. The data plane does not ask the shared book; what ended there is known
    /// here within a second, so what is not known as ended is taken for living.
    /// </summary>
    public bool MayLive(Guid id) => Lives(id) || (_shares && !_ended.Contains(id));

    /// <summary>
    /// The session of a genuine ticket. One that this node does not know was opened elsewhere or before a restart: it goes on here.
    /// </summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="client">Who shows it: what this node does not know yet takes of this client's share of the table.</param>
    /// <param name="session">Set when it goes on.</param>
    public ResumeVerdict Resume(Ticket ticket, ClientOrigin client, out SessionState? session)
    {
        var now = _time.GetUtcNow();
        if (!_byId.TryGetValue(ticket.Session, out session))
        {
            if (_ended.WhyOf(ticket.Session) is { } why && why != SessionEnding.Idle) return ResumeVerdict.Ended;
            if (!TryRevive(ticket, client, now, out session)) return ResumeVerdict.Full;
        }

        session.Touch(now);
        _census.Look(session);
        return ResumeVerdict.Resumed;
    }

    /// <summary>Takes in a session that another node opened and the shared store remembers.</summary>
    public SessionState Adopt(Ticket ticket, MediaAddress entry, SessionOrder order)
    {
        var now = _time.GetUtcNow();
        if (!_byId.TryGetValue(ticket.Session, out var session))
        {
            // What is looked up stands in the shared book, which is bounded by its own nodes' tables.
            _table.Take(default);
            session = Enter(Make(ticket, entry, order, now));
        }

        session.Learn(order, entry);
        _census.Look(session);
        return session;
    }

    /// <summary>Ends a session for good.</summary>
    /// <returns>False when it was not here.</returns>
    public bool End(Guid id, SessionEnding ending)
    {
        if (!_byId.TryGetValue(id, out var session)) return false;
        // Its end is known before it is gone: a request that comes in between would take it for one of another node, and go on with it.
        _ended.Remember(id, session.Paths.Ticket.HardExpiry, ending);
        if (!_byId.TryRemove(KeyValuePair.Create(id, session))) return false;
        Finish(session, ending);
        return true;
    }

    /// <summary>A session that was ended elsewhere: its URLs end here as well.</summary>
    public void EndedElsewhere(Guid id, DateTimeOffset hardExpiry, SessionEnding ending)
    {
        if (ending == SessionEnding.Idle && TryGet(id, out _)) return;
        if (!End(id, ending)) _ended.Remember(id, hardExpiry, ending);
    }

    /// <summary>
    /// Ends every session of which nothing was heard for too long, or whose ticket is over; returns how many. A viewer who comes back after a long
    /// pause with a ticket that is still good goes on watching: see <see cref="Resume"/>.
    /// </summary>
    public int EndIdle()
    {
        var now = _time.GetUtcNow();
        var ended = 0;
        ExceptionDispatchInfo? failure = null;
        foreach (var (id, session) in _byId)
        {
            if (IsAlive(session, now))
            {
                _census.Look(session);
                continue;
            }

            // One long answer is no silence.
            if (session.Order.MaxStreams > 0 && now < session.Paths.Ticket.HardExpiry && Streams.IsDelivering(session))
            {
                session.Touch(now);
                continue;
            }

            if (!_byId.TryRemove(id, out _)) continue;
            ended++;
            try
            {
                Finish(session, now < session.Paths.Ticket.HardExpiry ? SessionEnding.Idle : SessionEnding.Expired);
            }
            catch (Exception e)
            {
                // One session's mistake keeps no other from its end; the caller hears of the first.
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        foreach (var known in _byMark)
        {
            if (!IsAlive(known.Value, now)) _byMark.TryRemove(known);
        }

        _ended.Expire(now);
        failure?.Throw();
        return ended;
    }

    private void Finish(SessionState session, SessionEnding ending)
    {
        _census.Leave(session);
        Discard(session);
        _ended.Remember(session.Id, session.Paths.Ticket.HardExpiry, ending);
        try
        {
            if (session.Playhead.Stop()) _ledger.Ended(session, ending);
        }
        finally
        {
            // What is fetched ahead for it is given up in any case.
            session.Trail.End();
        }

        SessionEnded?.Invoke(session);
    }

    private bool TryRevive(Ticket ticket, ClientOrigin client, DateTimeOffset now, [NotNullWhen(true)] out SessionState? session)
    {
        session = null;
        if (!_table.TryTake(client)) return false;
        _ended.Forget(ticket.Session);
        var order = SessionOrder.ByUrl with { Client = client, MaxStreams = ticket.MaxStreams, MaxKbps = ticket.MaxKbps, LadderKbps = ticket.MaxKbps, Media = ticket.Grant };
        session = Enter(Make(ticket, new MediaAddress(ticket.Cluster, "/", string.Empty), order, now));
        // Without a shared book nobody else can own it.
        if (!_shares) session.Own(true);
        return true;
    }

    /// <summary>What has its place in the table; the one that is known already, where another request was quicker.</summary>
    private SessionState Enter(SessionState made)
    {
        var known = _byId.GetOrAdd(made.Id, made);
        if (!ReferenceEquals(known, made)) Discard(made);
        return known;
    }

    private SessionState Make(Ticket ticket, MediaAddress entry, SessionOrder order, DateTimeOffset now)
    {
        var playhead = new Playhead(_options.MinBeforePlay, _options.MinSegmentsBeforePlay);
        if (order.StartPositionSec > 0) playhead.Place(order.StartPositionSec, isPlaying: true, now);
        var session = new SessionState(ticket.Session, ticket.User, entry, new TicketPaths(_signer, ticket, _office.GrantedPathsOnly), Unique(now), order, playhead);
        session.Touch(now);
        return session;
    }

    /// <summary>No two sessions are opened at the same moment, also where a database keeps whole microseconds only: which of two came later must never be in doubt.</summary>
    private DateTimeOffset Unique(DateTimeOffset now)
    {
        while (true)
        {
            var last = Interlocked.Read(ref _lastOpened);
            var ticks = Math.Max(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), last + TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref _lastOpened, ticks, last) == last) return new DateTimeOffset(ticks, TimeSpan.Zero);
        }
    }

    private bool IsAlive(SessionState session, DateTimeOffset now) =>
        now - session.LastActivity < _options.IdleTimeout && now < session.Paths.Ticket.HardExpiry && _byId.ContainsKey(session.Id);
}
