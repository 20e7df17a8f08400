using Gateway.Load.Links;
using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios;

/// <summary>
/// Keeps as many copies of one scenario running as its constant phases want: starts the missing, follows each that ends with the next, stops the oldest when fewer
/// are wanted.
/// </summary>
/// <param name="loop">The clock.</param>
/// <param name="schedule">How many are wanted when.</param>
/// <param name="start">Starts the copy with this ordinal and intended start.</param>
/// <param name="stop">Stops the copy with this ordinal.</param>
internal sealed class CopyDriver(EventLoop loop, CopySchedule schedule, Action<long, TimeSpan> start, Action<long> stop) : IScheduled
{
    // Copies that end at once, because nothing answers, would otherwise be replaced without end in one moment.
    private static readonly TimeSpan s_breath = TimeSpan.FromMilliseconds(100);

    private const long Replace = -1;

    private readonly Queue<long> _order = new();
    private readonly HashSet<long> _running = [];
    private long _next;
    private long _version;
    private bool _isReplacing;

    public void Begin() => Fill(TimeSpan.Zero);

    /// <summary>A copy has ended by itself; nothing happens for one that was stopped.</summary>
    public void Ended(long ordinal)
    {
        if (!_running.Remove(ordinal) || _isReplacing) return;
        _isReplacing = true;
        loop.Schedule(loop.Now + s_breath, this, Replace);
    }

    /// <param name="tag">To replace what ended, or which version of the plan's next moment it is: an older one is stale.</param>
    public void Fire(long tag)
    {
        if (tag == Replace) _isReplacing = false;
        else if (tag != _version) return;
        Fill(loop.Now);
    }

    private void Fill(TimeSpan moment)
    {
        while (_running.Count > schedule.WantedAt(moment) && TryTakeOldest(out var oldest)) stop(oldest);
        TimeSpan? due;
        while ((due = schedule.NextStart(moment, _running.Count)) is { } at && at <= loop.Now)
        {
            moment = at;
            _running.Add(_next);
            _order.Enqueue(_next);
            start(_next++, at);
        }

        var wake = schedule.NextStop(moment, _running.Count);
        if (due < wake) wake = due.Value;
        if (wake > loop.Now) loop.Schedule(wake, this, ++_version);
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
