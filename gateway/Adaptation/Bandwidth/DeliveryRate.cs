namespace Gateway.Adaptation.Bandwidth;

/// <summary>
/// What a session's line carries now: means of what was delivered, weighted by the time in which something was under way, one that forgets at once, one soon and one late; the worst of the last minutes; and
/// how far the rate strays. Time without anything under way says nothing and does not count; two bodies at a time count as one line. What a pace held back tells only that the line carries that much.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
internal sealed class DeliveryRate
{
    private const double LastHalfLife = 0.7;
    private const double FastHalfLife = 3;
    private const double SlowHalfLife = 12;
    private const double TroughHalfLife = 120;
    private const double SpreadHalfLife = 60;

    /// <summary>An outage has no logarithm; it counts as this part of the slow mean.</summary>
    private const double LeastOfSlow = 0.03;

    private const double LeastRate = 1000;
    private const double LeastDeviation = 0.1;

    private TimeSpan _busyUntil = TimeSpan.MinValue;
    private double _pendingBits;
    private double _last;
    private double _fast;
    private double _slow;
    private double _trough;
    private double _logMean;
    private double _logVariance;

    /// <summary>Seconds in which something was under way, as far as they told something.</summary>
    public double BusySeconds { get; private set; }

    /// <summary>About the last second's, bit/s; 0 before anything is known.</summary>
    public double Last => Corrected(_last, LastHalfLife);

    /// <summary>Of the last few seconds, bit/s.</summary>
    public double Fast => Corrected(_fast, FastHalfLife);

    /// <summary>Of the last quarter of a minute, bit/s.</summary>
    public double Slow => Corrected(_slow, SlowHalfLife);

    /// <summary>The worst few seconds of the last minutes, bit/s; it rises towards the slow mean as they pass.</summary>
    public double Trough => Math.Min(_trough, Fast);

    /// <summary>Whether it may be asked.</summary>
    public bool IsKnown => BusySeconds > 0.05;

    /// <summary>By how many deviations the rate lies above another, both as logarithms: rates of lines stray by factors.</summary>
    public double DeviationsAbove(double bitsPerSecond) => (_logMean - Math.Log(bitsPerSecond)) / Math.Max(Math.Sqrt(_logVariance), LeastDeviation);

    public void Add(in DeliverySample sample)
    {
        if (sample.IsBuffered) return;
        var from = sample.From > _busyUntil ? sample.From : _busyUntil;
        _pendingBits += sample.Bytes * 8.0;
        if (sample.At <= from) return;
        _busyUntil = sample.At;
        var seconds = Math.Min((sample.At - from).TotalSeconds, sample.Duration.TotalSeconds);
        if (seconds <= 0) return;
        var rate = _pendingBits / seconds;
        _pendingBits = 0;
        if (sample.IsPaced && rate < Fast) return;
        Stray(rate, seconds);
        BusySeconds += seconds;
        Blend(ref _last, LastHalfLife, rate, seconds);
        Blend(ref _fast, FastHalfLife, rate, seconds);
        Blend(ref _slow, SlowHalfLife, rate, seconds);
        _trough = _trough == 0 ? Fast : Math.Min(Fast, _trough + ((Slow - _trough) * (1 - Kept(TroughHalfLife, seconds))));
    }

    /// <summary>Mean and variance that forget, of the logarithm.</summary>
    private void Stray(double rate, double seconds)
    {
        var log = Math.Log(Math.Max(rate, Math.Max(Slow * LeastOfSlow, LeastRate)));
        if (BusySeconds <= 0) _logMean = log;
        var keep = Kept(SpreadHalfLife, seconds);
        var off = log - _logMean;
        _logMean += (1 - keep) * off;
        _logVariance = keep * (_logVariance + ((1 - keep) * off * off));
    }

    private static void Blend(ref double mean, double halfLife, double rate, double seconds)
    {
        var keep = Kept(halfLife, seconds);
        mean = (mean * keep) + (rate * (1 - keep));
    }

    private static double Kept(double halfLife, double seconds) => Math.Pow(2, -seconds / halfLife);

    /// <summary>A mean that began at nothing is too low by what nothing still weighs in it.</summary>
    private double Corrected(double mean, double halfLife) => BusySeconds <= 0 ? 0 : mean / (1 - Kept(halfLife, BusySeconds));
}
