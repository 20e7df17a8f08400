namespace Gateway.Rollout.Watching;

/// <summary>
/// How many events of a kind each viewer may still contribute in this minute. Not safe for several threads.
/// </summary>
/// <remarks>Bounded: viewers beyond <see cref="MostViewers"/> share one allowance until the minute is over.</remarks>
internal sealed class ViewerAllowance(int perMinute)
{
    public const int MostViewers = 50_000;

    /// <summary>A session asks for several pieces in the time in which it is created once.</summary>
    private const int FetchesPerEvent = 10;

    private readonly Dictionary<(RolloutSignal Kind, ulong Viewer), int> _used = [];
    private long _minute;

    /// <summary>Takes what is left for events of a viewer.</summary>
    /// <returns>How many of them count; failures are cut in proportion.</returns>
    public (long Events, long Failures) Take(RolloutSignal kind, ulong viewer, long events, long failures, long second)
    {
        if (second / 60 != _minute)
        {
            _minute = second / 60;
            _used.Clear();
        }

        var key = (kind, viewer);
        if (_used.Count >= MostViewers && !_used.ContainsKey(key)) key = (kind, 0);
        var used = _used.GetValueOrDefault(key);
        var limit = kind == RolloutSignal.Fetch ? perMinute * FetchesPerEvent : perMinute;
        // A failure that is told later than its event is one more.
        var wanted = Math.Max(events, failures);
        var counted = Math.Min(wanted, Math.Max(0, limit - used));
        _used[key] = used + (int)counted;
        if (counted == wanted) return (events, failures);
        return (events * counted / wanted, ((failures * counted) + (wanted / 2)) / wanted);
    }
}
