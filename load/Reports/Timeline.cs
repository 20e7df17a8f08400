using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>The run in even pieces, and how many players are in which phase now. For one thread; moments never go back for phases.</summary>
internal sealed class Timeline
{
    // So many points are more than a chart a hand wide can show.
    private const int MostBuckets = 120;

    private static readonly int[] s_widths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

    private readonly List<TimelineBucket> _buckets = [];
    private readonly int[] _levels = new int[Enum.GetValues<PlayerPhase>().Length];
    private TimeSpan _until;

    public Timeline(TimeSpan duration)
    {
        var least = duration.TotalSeconds / MostBuckets;
        Width = TimeSpan.FromSeconds(s_widths.FirstOrDefault(w => w >= least, (int)Math.Ceiling(least)));
    }

    /// <summary>How much of the run is in a bucket.</summary>
    public TimeSpan Width { get; }

    public IReadOnlyList<TimelineBucket> Buckets => _buckets;

    /// <summary>Players in a phase now.</summary>
    public int LevelOf(PlayerPhase phase) => _levels[(int)phase];

    public TimelineBucket At(TimeSpan moment)
    {
        var index = Math.Max(0, (int)(moment / Width));
        while (_buckets.Count <= index) _buckets.Add(new TimelineBucket());
        return _buckets[index];
    }

    /// <summary>A player goes from one phase to another; null for one that comes or is gone.</summary>
    public void Move(PlayerPhase? from, PlayerPhase? to, TimeSpan at)
    {
        Settle(at);
        if (from is { } before) _levels[(int)before]--;
        if (to is { } after) _levels[(int)after]++;
    }

    /// <summary>Accounts the time up to a moment to the phases that players are in.</summary>
    public void Settle(TimeSpan at)
    {
        while (_until < at)
        {
            var bucket = At(_until);
            var end = Width * ((int)(_until / Width) + 1);
            if (end > at) end = at;
            var seconds = (end - _until).TotalSeconds;
            for (var phase = 0; phase < _levels.Length; phase++) bucket.PhaseSeconds[phase] += _levels[phase] * seconds;
            _until = end;
        }
    }
}
