namespace Gateway.Load.Players;

/// <summary>What one media source buffer holds: runs without a hole between them, from somewhere behind the playhead on.</summary>
/// <remarks>A run per segment would be much for a long buffer, so neighbours of one rung are one run.</remarks>
internal sealed class TrackBuffer
{
    /// <summary>Gap between two segments that players step over; hls.js has 0.1 s (maxBufferHole), browsers about as much.</summary>
    public const double Hole = 0.1;

    /// <summary>A hole between two segments that players jump; it is played as if there were something.</summary>
    private const double JumpedHole = 2;

    private BufferedRun[] _runs = new BufferedRun[4];
    private int _first;
    private int _count;

    /// <summary>Seconds of media time.</summary>
    public double Start => _count == 0 ? 0 : _runs[_first].Start;

    /// <summary>Seconds of media time.</summary>
    public double End => _count == 0 ? 0 : _runs[(_first + _count - 1) % _runs.Length].End;

    public bool IsEmpty => _count == 0;

    /// <summary>Seconds from a position on; 0 outside.</summary>
    public double Ahead(double position) => Holds(position) ? Math.Max(End - position, 0) : 0;

    public bool Holds(double position) => _count > 0 && position >= Start - Hole && position <= End;

    /// <summary>Appends a segment, or replaces what is buffered there; one that leaves a hole behind what is buffered begins anew.</summary>
    public void Append(double start, double end, int rung)
    {
        if (_count > 0 && (start > End + JumpedHole || end < Start - Hole)) Clear();
        if (_count > 0 && start < End - Hole)
        {
            Replace(start, end, rung);
            return;
        }

        Add(_count > 0 ? End : start, end, rung);
    }

    /// <summary>Forgets what was played.</summary>
    public void Forget(double before)
    {
        while (_count > 1 && _runs[_first].End <= before)
        {
            _first = (_first + 1) % _runs.Length;
            _count--;
        }
    }

    public void Clear() => _count = 0;

    /// <summary>The run at a position: the first one that ends behind it.</summary>
    public bool TryFind(double position, out BufferedRun run)
    {
        for (var i = 0; i < _count; i++)
        {
            run = _runs[(_first + i) % _runs.Length];
            if (run.End > position) return true;
        }

        run = default;
        return false;
    }

    /// <summary>At most one run of each rung beside the next, so that neighbours of one rung are one.</summary>
    private void Add(double start, double end, int rung)
    {
        if (end <= start) return;
        if (_count > 0)
        {
            ref var last = ref _runs[(_first + _count - 1) % _runs.Length];
            if (last.Rung == rung)
            {
                last = last with { End = end };
                return;
            }
        }

        if (_count == _runs.Length) Grow();
        _runs[(_first + _count++) % _runs.Length] = new BufferedRun(start, end, rung);
    }

    private void Replace(double start, double end, int rung)
    {
        var old = new BufferedRun[_count];
        for (var i = 0; i < _count; i++) old[i] = _runs[(_first + i) % _runs.Length];
        _count = 0;
        start = Math.Max(start, old[0].Start);
        foreach (var run in old) Add(run.Start, Math.Min(run.End, start), run.Rung);
        Add(start, end, rung);
        foreach (var run in old) Add(Math.Max(run.Start, end), run.End, run.Rung);
    }

    private void Grow()
    {
        var larger = new BufferedRun[_runs.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = _runs[(_first + i) % _runs.Length];
        _runs = larger;
        _first = 0;
    }
}
