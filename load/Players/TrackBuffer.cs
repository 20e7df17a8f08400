namespace Gateway.Load.Players;

/// <summary>What one media source buffer holds: runs without a hole between them, from somewhere behind the playhead on.</summary>
/// <remarks>A run per segment would be much for a long buffer, so neighbours of one rung are one run.</remarks>
internal sealed class TrackBuffer
{
    /// <summary>Gap between two segments that players step over; hls.js has 0.1 s (maxBufferHole), browsers about as much.</summary>
    private const double Hole = 0.1;

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

    /// <summary>Appends a segment; one that does not follow on what is there replaces it.</summary>
    public void Append(double start, double end, int rung)
    {
        if (_count > 0 && (start > End + Hole || start < End - Hole)) Cut(start);
        if (_count > 0)
        {
            ref var last = ref _runs[(_first + _count - 1) % _runs.Length];
            if (last.Rung == rung)
            {
                last = last with { End = end };
                return;
            }

            start = last.End;
        }

        if (_count == _runs.Length) Grow();
        _runs[(_first + _count++) % _runs.Length] = new BufferedRun(start, end, rung);
    }

    /// <summary>Throws away what lies behind a position: all of it when the buffer does not reach there.</summary>
    public void Cut(double from)
    {
        if (_count > 0 && from > End + Hole) Clear();
        while (_count > 0 && _runs[(_first + _count - 1) % _runs.Length].Start >= from - 1e-9) _count--;
        if (_count == 0) return;
        ref var last = ref _runs[(_first + _count - 1) % _runs.Length];
        if (last.End > from) last = last with { End = from };
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

    private void Grow()
    {
        var larger = new BufferedRun[_runs.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = _runs[(_first + i) % _runs.Length];
        _runs = larger;
        _first = 0;
    }
}
