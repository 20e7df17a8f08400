using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>
/// What happened on this node in the last minute to sessions whose engine the gateway has chosen: counts by the second, and which sessions failed fetches and interruptions have met.
/// </summary>
/// <remarks>Thread-safe; one lock protects all fields and covers field work only. Bounded: of more sessions than <see cref="MostSessions"/> the rest counts as one. What happened before a change of the
/// roll-out does not count against what came after it: see <see cref="Clear"/>.</remarks>
internal sealed class RolloutSignals
{
    public const int MostSessions = 10_000;

    private const int Seconds = 60;

    private static readonly int Kinds = Enum.GetValues<RolloutSignal>().Length;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long[] _counts;
    private readonly long[] _secondOf = new long[Seconds];
    private readonly Dictionary<Guid, long> _failing = [];
    private readonly Dictionary<Guid, long> _interrupted = [];
    private long _active;

    public RolloutSignals(RolloutControl control, TimeProvider time)
    {
        _time = time;
        _counts = new long[Seconds * Kinds];
        var wave = control.Current.Wave;
        control.Changed += state =>
        {
            if (Interlocked.Exchange(ref wave, state.Wave) != state.Wave) Clear();
        };
    }

    public void Count(RolloutSignal signal, long times = 1)
    {
        var second = Second();
        lock (_lock) _counts[(Slot(second) * Kinds) + (int)signal] += times;
    }

    /// <summary>Fetches of one session since they were last told.</summary>
    public void CountFetches(Guid session, long fetches, long failures)
    {
        if (fetches == 0 && failures == 0) return;
        var second = Second();
        lock (_lock)
        {
            var slot = Slot(second) * Kinds;
            _counts[slot + (int)RolloutSignal.Fetch] += fetches;
            _counts[slot + (int)RolloutSignal.FetchFailure] += failures;
            if (failures > 0) Note(_failing, session, second);
        }
    }

    /// <summary>A deploy interrupted a session.</summary>
    public void CountInterruption(Guid session)
    {
        var second = Second();
        lock (_lock) Note(_interrupted, session, second);
    }

    /// <summary>Sessions under watch just now.</summary>
    public void SetActive(long sessions) => Interlocked.Exchange(ref _active, sessions);

    public TriggerWindow Sum(bool isDeploying)
    {
        var second = Second();
        lock (_lock)
        {
            Expire(_failing, second);
            Expire(_interrupted, second);
            return new TriggerWindow
            {
                Creates = SumOf(RolloutSignal.Create, second),
                CreateFailures = SumOf(RolloutSignal.CreateFailure, second),
                Handoffs = SumOf(RolloutSignal.Handoff, second),
                HandoffFailures = SumOf(RolloutSignal.HandoffFailure, second),
                Fetches = SumOf(RolloutSignal.Fetch, second),
                FetchFailures = SumOf(RolloutSignal.FetchFailure, second),
                SessionsWithFetchFailures = _failing.Count,
                ActiveSessions = Math.Max(Interlocked.Read(ref _active), _interrupted.Count),
                InterruptedSessions = _interrupted.Count,
                IsDeploying = isDeploying,
            };
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_counts);
            _failing.Clear();
            _interrupted.Clear();
        }
    }

    private static void Note(Dictionary<Guid, long> sessions, Guid session, long second)
    {
        if (sessions.Count < MostSessions || sessions.ContainsKey(session)) sessions[session] = second;
    }

    private static void Expire(Dictionary<Guid, long> sessions, long second)
    {
        foreach (var (session, at) in sessions)
        {
            if (second - at >= Seconds) sessions.Remove(session);
        }
    }

    private long Second() => (long)TimeSpan.FromTicks(_time.GetUtcNow().UtcTicks).TotalSeconds;

    private int Slot(long second)
    {
        var slot = (int)(second % Seconds);
        if (_secondOf[slot] == second) return slot;
        _secondOf[slot] = second;
        Array.Clear(_counts, slot * Kinds, Kinds);
        return slot;
    }

    private long SumOf(RolloutSignal signal, long now)
    {
        var sum = 0L;
        for (var slot = 0; slot < Seconds; slot++)
        {
            if (now - _secondOf[slot] < Seconds) sum += _counts[(slot * Kinds) + (int)signal];
        }

        return sum;
    }
}
