namespace Gateway.Origin;

/// <summary>
/// The circuit of one destination: closed, open, or trying out.
/// <para>
/// <b>Closed</b>: everything goes through and is counted; when <see cref="CircuitEvidence"/> condemns the destination, it opens. <b>Open</b>: nothing goes through until
/// <see cref="OriginOptions.BreakerPause"/> is over; what was under way by then says nothing any more. <b>Trying out</b>: up to <see cref="OriginOptions.BreakerMinimumTitles"/>
/// requests at once, each for another title, so that a broken title cannot keep the others waiting. One that is answered closes the circuit, one that finds no connection opens it
/// again, and so do failures of as many titles as it takes to open it. Titles that nobody was ever served go one by one, and their failures decide nothing. A title that failed waits for the others' verdict, a pause at most: then the next round begins, whatever is
/// still under way.
/// </para>
/// The gate protects all of it; the listener is told after it was left.
/// </summary>
/// <param name="tell">Told that the circuit opened (true) or closed.</param>
internal sealed class DestinationCircuit(OriginOptions options, TimeProvider time, ServedTitles known, Action<bool> tell)
{
    /// <summary>The round of an exchange that tries nothing out.</summary>
    public const int NoTrial = 0;

    /// <summary>Titles in one round of trying out; far more than decide.</summary>
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
        TryingOut,
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
                // An answer that was long in coming is a sign of life all the same; a failure was of another round.
                if (_state == State.TryingOut && (trial == _round || evidence is ExchangeEvidence.Served or ExchangeEvidence.Alive)) isOpen = Tried(title, evidence);
            }
            else if (_state == State.Closed)
            {
                _evidence.Add(title, evidence);
                if (evidence is ExchangeEvidence.Failed or ExchangeEvidence.NoConnection && _evidence.Condemns()) isOpen = true;
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
            case ExchangeEvidence.Failed when !known.Contains(title):
                return null;
            case ExchangeEvidence.Failed:
                return ++_failed >= options.BreakerMinimumTitles ? true : null;
            default:
                _tried.Remove(title);
                return null;
        }
    }

    private void TryOut()
    {
        Set(State.TryingOut);
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
