using Gateway.Load.Links;
using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios;

/// <summary>
/// Keeps as many copies of one scenario running as its constant phases want: starts the missing, follows each that ends with the next, stops the oldest when fewer
/// are wanted.
/// </summary>
/// <remarks>
/// The plan is followed moment by moment from where it was left, and never from the present: a copy that is started late keeps the moment at which it was due, or the
/// tester's own lateness would be neither measured nor counted for the viewer. The clock is looked at once for each walk, since a real one moves on meanwhile and what
/// falls due in between would be waited for by nobody.
/// </remarks>
/// <param name="loop">The clock.</param>
/// <param name="schedule">How many are wanted when.</param>
/// <param name="start">Starts the copy with this ordinal and intended start.</param>
/// <param name="stop">Stops the copy with this ordinal.</param>
internal sealed class CopyDriver(EventLoop loop, CopySchedule schedule, Action<long, TimeSpan> start, Action<long> stop) : IScheduled
{
    // Copies that end at once, because nothing answers, would otherwise be replaced without end in one moment.
    private static readonly TimeSpan s_breath = TimeSpan.FromMilliseconds(100);

    // A ramp down so slow that one tick of it is lost in rounding names the same moment again.
    private static readonly TimeSpan s_leastStep = TimeSpan.FromMilliseconds(1);

    private const long Replace = -1;

    private readonly Queue<long> _order = new();
    private readonly HashSet<long> _running = [];
    private TimeSpan _followed;
    private int _vacant;
    private long _next;
    private long _version;
    private bool _isReplacing;

    /// <summary>Copies that run, and places of those that ended and are followed in a moment.</summary>
    private int Count => _running.Count + _vacant;

    public void Begin() => Follow(loop.Now);

    /// <summary>A copy has ended by itself; nothing happens for one that was stopped.</summary>
    public void Ended(long ordinal)
    {
        if (!_running.Remove(ordinal)) return;
        _vacant++;
        if (_isReplacing) return;
        _isReplacing = true;
        loop.Schedule(loop.Now + s_breath, this, Replace);
    }

    /// <param name="tag">To replace what ended, or which version of the plan's next moment it is: an older one is stale.</param>
    public void Fire(long tag)
    {
        if (tag != Replace && tag != _version) return;
        var now = loop.Now;
        Follow(now);
        if (tag != Replace) return;
        _isReplacing = false;
        // Nobody planned the end of the one before, so its follower is due when the place is filled.
        for (; _vacant > 0; _vacant--) Start(now);
    }

    private void Follow(TimeSpan now)
    {
        while (true)
        {
            Trim();
            var due = schedule.NextStart(_followed, Count);
            var fewer = schedule.NextStop(_followed, Count);
            if (fewer <= _followed && _followed < schedule.Duration) fewer = _followed + s_leastStep;
            var next = due < fewer ? due.Value : fewer;
            if (next > now)
            {
                loop.Schedule(next, this, ++_version);
                return;
            }

            if (_followed >= schedule.Duration) return;
            _followed = next;
            if (next == due) Start(next);
        }
    }

    private void Start(TimeSpan intended)
    {
        _running.Add(_next);
        _order.Enqueue(_next);
        start(_next++, intended);
    }

    private void Trim()
    {
        while (Count > schedule.WantedAt(_followed))
        {
            if (_vacant > 0) _vacant--;
            else if (TryTakeOldest(out var oldest)) stop(oldest);
        }
    }

    private bool TryTakeOldest(out long oldest)
    {
        while (_order.TryDequeue(out oldest))
        {
            if (_running.Remove(oldest)) return true;
        }

        return false;
    }
}
