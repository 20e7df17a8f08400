using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>
/// What happened on this node in the last minute to sessions whose engine the gateway has chosen: counts by the second, and which viewers have met failures. Of each viewer only so much counts
/// (<see cref="TriggerOptions.EventsPerViewer"/>), whatever its sessions do or tell.
/// </summary>
/// <remarks>Thread-safe; one lock protects all fields and covers field work only. Time is counted from the start of this object by the monotonic clock, so a clock that is set neither loses nor repeats a minute.
/// What happened before a change of the roll-out does not count against what came after it: see <see cref="Clear"/>.</remarks>
internal sealed class RolloutSignals
{
    /// <summary>Viewers that are remembered as having met a failure, of each kind.</summary>
    public const int MostFailing = 10_000;

    private const int Seconds = 60;

    private static readonly int Kinds = Enum.GetValues<RolloutSignal>().Length;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ViewerAllowance _allowance;
    private readonly (long Events, long Failures)[] _counts = new (long, long)[Seconds * Kinds];
    private readonly long[] _secondOf = new long[Seconds];
    private readonly Dictionary<ulong, long>[] _failing;
    private long _active;

    public RolloutSignals(RolloutControl control, TriggerOptions options, TimeProvider time)
    {
        _time = time;
        _began = time.GetTimestamp();
        _allowance = new ViewerAllowance(options.EventsPerViewer);
        _failing = new Dictionary<ulong, long>[Kinds];
        for (var kind = 0; kind < Kinds; kind++) _failing[kind] = [];
        var wave = control.Current.Wave;
        control.Changed += state =>
        {
            if (Interlocked.Exchange(ref wave, state.Wave) != state.Wave) Clear();
        };
    }

    /// <summary>Events of one viewer.</summary>
    /// <param name="kind">Of what kind.</param>
    /// <param name="viewer">Whose.</param>
    /// <param name="events">How many; 0 for a failure that is told of an event that was counted before.</param>
    /// <param name="failures">How many of them failed.</param>
    public void Count(RolloutSignal kind, in RolloutViewer viewer, long events, long failures)
    {
        if (events == 0 && failures == 0) return;
        var second = Second();
        lock (_lock)
        {
            var counted = _allowance.Take(kind, viewer.Name, events, failures, second);
            ref var slot = ref _counts[(Slot(second) * Kinds) + (int)kind];
            slot = (slot.Events + counted.Events, slot.Failures + counted.Failures);
            var failing = _failing[(int)kind];
            if (failures > 0 && (failing.Count < MostFailing || failing.ContainsKey(viewer.Name))) failing[viewer.Name] = second;
        }
    }

    /// <summary>Sessions under watch just now.</summary>
    public void SetActive(long sessions) => Interlocked.Exchange(ref _active, sessions);

    public TriggerWindow Sum(bool isDeploying)
    {
        var second = Second();
        lock (_lock)
        {
            var creates = SumOf(RolloutSignal.Create, second);
            var handoffs = SumOf(RolloutSignal.Handoff, second);
            var fetches = SumOf(RolloutSignal.Fetch, second);
            var interrupted = SumOf(RolloutSignal.Interruption, second).Failures;
            return new TriggerWindow
            {
                Creates = creates.Events,
                CreateFailures = creates.Failures,
                CreateFailureViewers = Failing(RolloutSignal.Create, second),
                Handoffs = handoffs.Events,
                HandoffFailures = handoffs.Failures,
                HandoffFailureViewers = Failing(RolloutSignal.Handoff, second),
                Fetches = fetches.Events,
                FetchFailures = fetches.Failures,
                FetchFailureViewers = Failing(RolloutSignal.Fetch, second),
                ActiveSessions = Math.Max(Interlocked.Read(ref _active), interrupted),
                InterruptedSessions = interrupted,
                InterruptedViewers = Failing(RolloutSignal.Interruption, second),
                IsDeploying = isDeploying,
            };
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_counts);
            foreach (var failing in _failing) failing.Clear();
        }
    }

    private ulong[] Failing(RolloutSignal kind, long now)
    {
        var failing = _failing[(int)kind];
        foreach (var (viewer, at) in failing)
        {
            if (now - at >= Seconds) failing.Remove(viewer);
        }

        return [.. failing.Keys.Take(TriggerWindow.MostViewers)];
    }

    private long Second() => (long)_time.GetElapsedTime(_began).TotalSeconds;

    private int Slot(long second)
    {
        var slot = (int)(second % Seconds);
        if (_secondOf[slot] == second) return slot;
        _secondOf[slot] = second;
        Array.Clear(_counts, slot * Kinds, Kinds);
        return slot;
    }

    private (long Events, long Failures) SumOf(RolloutSignal kind, long now)
    {
        var (events, failures) = (0L, 0L);
        for (var slot = 0; slot < Seconds; slot++)
        {
            if (now - _secondOf[slot] >= Seconds) continue;
            var counted = _counts[(slot * Kinds) + (int)kind];
            (events, failures) = (events + counted.Events, failures + counted.Failures);
        }

        return (events, failures);
    }
}
