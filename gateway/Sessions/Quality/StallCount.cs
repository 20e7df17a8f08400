using Gateway.Adaptation;

namespace Gateway.Sessions.Quality;

/// <summary>
/// A session's stalls: those that its client reports, else those that its CMCD tells of. Once a client reports its stalls itself, those inferred from CMCD are no longer counted, and one that both told of within
/// <see cref="SameStall"/> is one. Not thread-safe: <see cref="Playhead"/> holds its lock.
/// </summary>
internal sealed class StallCount
{
    /// <summary>A client's events and its CMCD tell of one stall at different moments.</summary>
    private static readonly TimeSpan SameStall = TimeSpan.FromSeconds(15);

    /// <summary>How far a client's clock and ours may drift apart during a session.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(5);

    private readonly StallWatch _watch = new();
    private bool _reports;
    private int _reported;
    private TimeSpan _estimate;
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    public int Count { get; private set; }

    public TimeSpan Total { get; private set; }

    /// <summary>The client reports a stall.</summary>
    /// <param name="asked">Media requests of the session so far: nothing can stall before media was requested, but a stall of the first frame may be reported before its request is counted.</param>
    /// <param name="now">When.</param>
    /// <returns>Whether it is a new one; null where it cannot be one.</returns>
    public bool? TryReport(int asked, DateTimeOffset now)
    {
        if (_reported > asked) return null;
        var isKnown = !_reports && now - _last < SameStall;
        _reports = true;
        if (!isKnown) _estimate = TimeSpan.Zero;
        _last = now;
        if (isKnown) return false;
        _reported++;
        Count++;
        return true;
    }

    /// <summary>The client reports how long playback stalled.</summary>
    /// <param name="stalled">As the client says.</param>
    /// <param name="age">How old the session is: its stalls cannot add up to more.</param>
    /// <returns>How much of that was not counted before: CMCD may have told of the same stall.</returns>
    public TimeSpan EndReported(TimeSpan stalled, TimeSpan age)
    {
        _reports = true;
        var more = stalled > _estimate ? stalled - _estimate : TimeSpan.Zero;
        var left = age + ClockSlack - Total;
        if (left < more) more = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        _estimate = TimeSpan.Zero;
        Total += more;
        return more;
    }

    /// <inheritdoc cref="StallWatch.Look"/>
    /// <returns>What is to be counted.</returns>
    public StallSign Look(CmcdReport report, bool continues, DateTimeOffset now, out TimeSpan stalled)
    {
        var sign = _watch.Look(report, continues, now, out stalled);
        if (sign == StallSign.Nothing || _reports)
        {
            stalled = TimeSpan.Zero;
            return StallSign.Nothing;
        }

        if (sign is StallSign.Began or StallSign.Passed)
        {
            Count++;
            _last = now;
        }

        Total += stalled;
        _estimate = stalled;
        return sign;
    }

    /// <inheritdoc cref="StallWatch.LookAtInit"/>
    public void LookAtInit(CmcdReport report) => _watch.LookAtInit(report);
}
