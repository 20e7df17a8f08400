using System.Diagnostics.CodeAnalysis;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Media;
using Gateway.Responses.History;
using Gateway.Sessions.Limits;

namespace Gateway.Sessions.Registry;

/// <summary>
/// The sessions of this node, as the data plane and the control plane open, find, resume and end them. Made of a table (<see cref="SessionTable"/>), what makes its sessions
/// (<see cref="SessionFactory"/>), and how they go on and end (<see cref="SessionResumption"/>, <see cref="SessionTermination"/>); each of these says what holds when callers race.
/// </summary>
/// <remarks>
/// Everything here may be called at any time by anybody, and nobody waits for another: media requests come here. What begins with an answer of the origin is kept apart, under a
/// lock: see <see cref="SessionDrafts"/>. A user's limit of streams is kept by <see cref="Streams"/>, which is asked only for users who have one.
/// </remarks>
internal sealed class SessionRegistry
{
    private readonly SessionTable _table;
    private readonly SessionFactory _factory;
    private readonly SessionResumption _resumption;
    private readonly SessionTermination _termination;
    private readonly PastSessions _past;
    private readonly SessionGauges _gauges = new();
    private readonly SessionsOptions _options;
    private readonly TimeProvider _time;
    private volatile long[] _playing = SessionGauges.Zeros();

    public SessionRegistry(SessionFactory factory, SessionsOptions options, SessionTelemetry telemetry, SessionMetrics metrics, TimeProvider time)
    {
        _time = time;
        _options = options;
        _table = new SessionTable(options);
        _factory = factory;
        _past = new PastSessions(options);
        _resumption = new SessionResumption(_table, _past, _factory, time);
        Streams = new UserStreams(options, time);
        _termination = new SessionTermination(_table, _past, _gauges, Streams, telemetry, time);
        metrics.Watch(_gauges.Measure);
        metrics.WatchPlaying(() => SessionGauges.Measure(_playing));
    }

    public int Count => _table.Count;

    /// <inheritdoc cref="SessionFactory.Histories"/>
    public HistoryBudget Histories => _factory.Histories;

    /// <summary>Who holds the places of users with a limit.</summary>
    public UserStreams Streams { get; }

    /// <inheritdoc cref="SessionTermination.SessionEnded"/>
    public Action<SessionState>? SessionEnded
    {
        get => _termination.SessionEnded;
        set => _termination.SessionEnded = value;
    }

    /// <summary>From now on other nodes may own sessions that are met here.</summary>
    public void Share() => Streams.IsShared = _resumption.IsShared = true;

    /// <inheritdoc cref="SessionTable.All"/>
    public IEnumerable<SessionState> All => _table.All;

    /// <summary>A user's sessions on this node.</summary>
    public IEnumerable<SessionState> Of(string user) => All.Where(session => string.Equals(session.User, user, StringComparison.Ordinal));

    /// <summary>Those heard of last, the latest first.</summary>
    public IEnumerable<SessionState> Latest(int most) => All.OrderByDescending(session => session.LastActivity).Take(most);

    /// <summary>The viewer's own session for this entry, if it has one.</summary>
    public bool TryFind(ViewerKey key, [NotNullWhen(true)] out SessionState? session)
    {
        var now = _time.GetUtcNow();
        if (!_table.TryFind(key, out session) || !_table.IsAlive(session, now)) return false;
        session.Touch(now);
        _gauges.Look(session);
        return true;
    }

    /// <summary>A new session, within the user's limit as this node knows it.</summary>
    public OpenVerdict Open(string user, MediaAddress entry, SessionParameters parameters, TicketBinding binding, out SessionState? session)
    {
        var verdict = Reserve(user, entry, parameters, binding, out session);
        if (session is not null) Admit(session, null);
        return verdict;
    }

    /// <summary>A session that is not registered yet, with the promise of one of its user's places where there is a limit.</summary>
    public OpenVerdict Reserve(string user, MediaAddress entry, SessionParameters parameters, TicketBinding binding, out SessionState? session)
    {
        if (!TryDraft(user, entry, parameters, binding, out session)) return OpenVerdict.Full;
        if (parameters.MaxStreams <= 0 || Streams.TryReserve(session)) return OpenVerdict.Opened;
        Discard(session);
        session = null;
        return OpenVerdict.TooManyStreams;
    }

    /// <summary>A session that is not registered yet; false when this node is full.</summary>
    public bool TryDraft(string user, MediaAddress entry, SessionParameters parameters, TicketBinding binding, [NotNullWhen(true)] out SessionState? session)
    {
        session = null;
        if (!_table.TryTakeShare(parameters.Client)) return false;
        session = _factory.Create(user, entry, parameters, binding);
        session.Own(true);
        return true;
    }

    /// <summary>A draft that did not become a session: what it holds is free again.</summary>
    public void Discard(SessionState session)
    {
        _termination.Release(session);
        session.History?.Forget();
    }

    /// <summary>Enters a draft into the table, under its viewer key where it has one.</summary>
    public void Admit(SessionState session, ViewerKey? key)
    {
        _table.Add(session);
        session.History?.Add(new HistoryEntry { Kind = HistoryKind.Opened, At = _time.GetUtcNow().UtcTicks, MediaSec = float.NaN, BufferMs = -1 });
        _gauges.Look(session);
        if (key is { } known) _table.Recognise(known, session);
    }

    /// <summary>From now on a viewer finds a session that another node opened for the same viewer key; the request counts as activity.</summary>
    public void Recognise(ViewerKey key, SessionState session)
    {
        _table.Recognise(key, session);
        session.Touch(_time.GetUtcNow());
    }

    public bool TryGet(Guid id, [NotNullWhen(true)] out SessionState? session) => _table.TryGet(id, out session) && _table.IsAlive(session, _time.GetUtcNow());

    /// <summary>Whether a session was here and is over.</summary>
    public bool HasEnded(Guid id) => _past.Contains(id);

    /// <summary>Whether a session plays here.</summary>
    public bool Lives(Guid id) => TryGet(id, out _);

    /// <summary>
    /// Whether a lapsed ticket is honoured: its session plays here, or may play elsewhere. The data plane does not ask the session store; what ended there is known
    /// here within a second, so a session that is not known as ended is taken for alive.
    /// </summary>
    public bool MayLive(Guid id) => Lives(id) || (_resumption.IsShared && !_past.Contains(id));

    /// <inheritdoc cref="SessionResumption.Resume"/>
    public ResumeVerdict Resume(Ticket ticket, ClientOrigin client, out SessionState? session)
    {
        var verdict = _resumption.Resume(ticket, client, out session);
        if (session is not null) _gauges.Look(session);
        return verdict;
    }

    /// <inheritdoc cref="SessionResumption.Adopt"/>
    public SessionState Adopt(Ticket ticket, MediaAddress entry, SessionParameters parameters)
    {
        var session = _resumption.Adopt(ticket, entry, parameters);
        _gauges.Look(session);
        return session;
    }

    /// <inheritdoc cref="SessionTermination.End"/>
    public bool End(Guid id, SessionEnding ending) => _termination.End(id, ending);

    /// <inheritdoc cref="SessionTermination.EndedElsewhere"/>
    public void EndedElsewhere(Guid id, DateTimeOffset hardExpiry, SessionEnding ending) => _termination.EndedElsewhere(id, hardExpiry, ending);

    /// <summary>
    /// Counts the sessions that somebody watches now. Sessions fall silent without a request that could count them out, so all are looked at; until the next time the figure stands,
    /// and a scrape costs nothing.
    /// </summary>
    public void CountPlaying()
    {
        var now = _time.GetUtcNow();
        var counts = SessionGauges.Zeros();
        foreach (var session in All)
        {
            if (session.IsOwn && session.IsPlayingAt(now, _options.PlayingTimeout)) counts[SessionGauges.IndexOf(session)]++;
        }

        _playing = counts;
    }

    /// <inheritdoc cref="SessionTermination.EndIdle"/>
    public int EndIdle() => _termination.EndIdle();
}
