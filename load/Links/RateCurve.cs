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

    /// <summary>The first moment at which bytes that begin at another are through.</summary>
    public double EndOf(double bytes, double beginSeconds) => bytes <= 0 ? beginSeconds : SecondsFor(BytesBy(beginSeconds + _offset) + bytes) - _offset;

    private double BytesBy(double seconds)
    {
        var rounds = Math.Floor(seconds / _starts[^1]);
        var within = seconds - (rounds * _starts[^1]);
        var step = StepAt(_starts, within);
        return (rounds * _bytes[^1]) + _bytes[step] + (_rates[step] * (within - _starts[step]));
    }

    /// <summary>What ends where an outage begins was through before it, so within a round the first step counts that brings the sum, and it has a rate.</summary>
    private double SecondsFor(double bytes)
    {
        var rounds = Math.Max(Math.Ceiling(bytes / _bytes[^1]) - 1, 0);
        var within = bytes - (rounds * _bytes[^1]);
        var (low, high) = (0, _rates.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bytes[middle + 1] >= within) high = middle;
            else low = middle + 1;
        }

        return (rounds * _starts[^1]) + _starts[low] + ((within - _bytes[low]) / _rates[low]);
    }

    /// <summary>The last step that begins at or before a value. The end mark is none.</summary>
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
