namespace Gateway.Load.Links;

/// <summary>
/// A <see cref="RateTrace"/> summed up: how many bytes a link in constant use has brought by a moment, and when so many will be through. Both are a binary search, so a
/// link in real time needs one timer for each portion and none in between.
/// </summary>
internal sealed class RateCurve
{
    private readonly double[] _starts;
    private readonly double[] _rates;
    private readonly double[] _bytes;
    private readonly double _offset;

    /// <param name="trace">Rates.</param>
    /// <param name="offset">Where in the trace moment 0 lies.</param>
    public RateCurve(RateTrace trace, TimeSpan offset)
    {
        _starts = new double[trace.Count + 1];
        _rates = new double[trace.Count];
        _bytes = new double[trace.Count + 1];
        for (var step = 0; step < trace.Count; step++)
        {
            _starts[step + 1] = trace.StartOf(step + 1);
            _rates[step] = trace.RateOf(step) / 8;
            _bytes[step + 1] = _bytes[step] + (_rates[step] * (_starts[step + 1] - _starts[step]));
        }

        _offset = offset.TotalSeconds;
    }

    /// <summary>Bytes per second at a moment.</summary>
    public double RateAt(double seconds) => _rates[StepAt(_starts, (seconds + _offset) % _starts[^1])];

    /// <summary>The moment at which bytes that begin at another are through; for those that begin in an outage it is behind that.</summary>
    public double EndOf(double bytes, double beginSeconds) => SecondsFor(BytesBy(beginSeconds + _offset) + bytes) - _offset;

    private double BytesBy(double seconds)
    {
        var rounds = Math.Floor(seconds / _starts[^1]);
        var within = seconds - (rounds * _starts[^1]);
        var step = StepAt(_starts, within);
        return (rounds * _bytes[^1]) + _bytes[step] + (_rates[step] * (within - _starts[step]));
    }

    private double SecondsFor(double bytes)
    {
        var rounds = Math.Floor(bytes / _bytes[^1]);
        var within = bytes - (rounds * _bytes[^1]);
        var step = StepAt(_bytes, within);
        // Bytes that end exactly where a trace does find its last step, which may be an outage: they were through before it.
        if (_rates[step] == 0) return (rounds * _starts[^1]) + _starts[step];
        return (rounds * _starts[^1]) + _starts[step] + ((within - _bytes[step]) / _rates[step]);
    }

    /// <summary>The last step that begins at or before a value; among equal ones the last. The end mark is none.</summary>
    private static int StepAt(double[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length - 2);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (sorted[middle] <= value) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
