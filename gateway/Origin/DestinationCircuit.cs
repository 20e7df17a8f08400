namespace Gateway.Origin;

/// <summary>
/// The circuit breaker of one destination: closed, open, or half-open.
/// <para>
/// <b>Closed</b>: everything goes through and is counted; when <see cref="CircuitEvidence"/> suffices, it opens: at once where there is no answer, and where titles are answered
/// with 502, 503 or 504, once others have been tried: it is half-open then, the failing titles stay away, and the first other one that is answered closes it. <b>Open</b>: nothing goes through until
/// <see cref="OriginOptions.BreakerPause"/> is over; exchanges still under way by then do not count any more. <b>Half-open</b>: up to <see cref="OriginOptions.BreakerMinimumTitles"/>
/// trial requests at once, each for another title, so that a broken title cannot keep the others waiting. One that is answered closes the circuit, one that finds no connection opens it
/// again, and so do failures of as many titles as it takes to open it. Titles that were never served go one by one, and their failures decide nothing. A title that failed waits for the
/// outcome of the others, a pause at most: then the next round begins, whatever is still under way.
/// </para>
/// The gate protects all state; the listener is called outside of it.
/// </summary>
/// <param name="tell">Called when the circuit has opened (true) or closed.</param>
internal sealed class DestinationCircuit(OriginOptions options, TimeProvider time, ServedTitles known, Action<bool> tell)
{
    /// <summary>The round of an exchange that is no trial.</summary>
    public const int NoTrial = 0;

    /// <summary>Most trial titles in one round, far more than a decision takes.</summary>
    private const int MostTried = 256;

    private readonly Lock _gate = new();
    private readonly CircuitEvidence _evidence = new(options, time, known);
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
    private volatile State _state;
    private long _since;
    private int _round = NoTrial;
    private int _running;
    private int _failed;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    public bool IsOpen => _state != State.Closed;

    public bool Refuses => _state == State.Open && time.GetElapsedTime(Volatile.Read(ref _since)) < options.BreakerPause;

    /// <param name="trial">To be handed to <see cref="Ended"/>.</param>
    public bool TryEnter(string title, out int trial)
    {
        trial = NoTrial;
        if (_state == State.Closed) return true;
        lock (_gate)
        {
            if (_state == State.Closed) return true;
            var isOver = time.GetElapsedTime(_since) >= options.BreakerPause;
            if (_state == State.Open && !isOver) return false;
            if (isOver) TryOut();
            var most = known.Contains(title) ? options.BreakerMinimumTitles : 1;
            if (_running >= most || _tried.Count >= MostTried || !_tried.Add(title)) return false;
            _running++;
            trial = _round;
            return true;
        }
    }

    public void Ended(string title, ExchangeEvidence evidence, int trial)
    {
        bool? isOpen = null;
        lock (_gate)
        {
            if (trial != NoTrial)
            {
                // A late response of an earlier round still shows that the destination works; a late failure does not count.
                if (_state == State.HalfOpen && (trial == _round || evidence is ExchangeEvidence.Served or ExchangeEvidence.Alive)) isOpen = Tried(title, evidence);
            }
            else if (_state == State.Closed)
            {
                _evidence.Add(title, evidence);
                if (evidence is ExchangeEvidence.Failed or ExchangeEvidence.Broken or ExchangeEvidence.NoConnection && _evidence.OpensCircuit(out var failing))
                {
                    if (failing.Count == 0 || evidence != ExchangeEvidence.Failed) isOpen = true;
                    else TryOthers(failing);
                }
            }

            if (isOpen is { } open) Set(open ? State.Open : State.Closed);
        }

        if (isOpen is { } told) tell(told);
    }

    public bool TryReport(string title)
    {
        lock (_gate) return _evidence.TryReport(title);
    }

    public bool IsHopeless(string title)
    {
        lock (_gate) return _evidence.IsHopeless(title);
    }

    private bool? Tried(string title, ExchangeEvidence evidence)
    {
        _running--;
        switch (evidence)
        {
            case ExchangeEvidence.Served or ExchangeEvidence.Alive:
                return false;
            case ExchangeEvidence.NoConnection:
                return true;
            case ExchangeEvidence.Failed or ExchangeEvidence.Broken when !known.Contains(title):
                return null;
            case ExchangeEvidence.Failed or ExchangeEvidence.Broken:
                return ++_failed >= options.BreakerMinimumTitles ? true : null;
            default:
                _tried.Remove(title);
                return null;
        }
    }

    /// <summary>Failing titles alone do not close a destination: a client may have sought out what fails. Other titles are its trial, at once.</summary>
    private void TryOthers(List<string> failing)
    {
        TryOut();
        _tried.UnionWith(failing);
    }

    private void TryOut()
    {
        Set(State.HalfOpen);
        _round++;
        _running = _failed = 0;
        _tried.Clear();
    }

    private void Set(State state)
    {
        _state = state;
        Volatile.Write(ref _since, time.GetTimestamp());
        _evidence.Clear();
    }
}
