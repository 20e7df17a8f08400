namespace Gateway.Adaptation.Bandwidth;

/// <summary>
/// What a session's line carries now: means of what was delivered, weighted by the time in which something was under way, one that forgets soon and one that forgets late. Time
/// without anything under way says nothing and does not count; two bodies at a time count as one line.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
internal sealed class DeliveryRate
{
    private const double LastHalfLife = 0.7;
    private const double FastHalfLife = 3;
    private const double SlowHalfLife = 12;

    private TimeSpan _busyUntil = TimeSpan.MinValue;
    private double _pendingBits;
    private double _last;
    private double _fast;
    private double _slow;

    /// <summary>Seconds in which something was under way.</summary>
    public double BusySeconds { get; private set; }

    /// <summary>About the last second's, bit/s; 0 before anything is known.</summary>
    public double Last => Corrected(_last, LastHalfLife);

    /// <summary>Of the last few seconds, bit/s.</summary>
    public double Fast => Corrected(_fast, FastHalfLife);

    /// <summary>Of the last quarter of a minute, bit/s.</summary>
    public double Slow => Corrected(_slow, SlowHalfLife);

    /// <summary>Whether it may be asked.</summary>
    public bool IsKnown => BusySeconds > 0.05;

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
        BusySeconds += seconds;
        Blend(ref _last, LastHalfLife, rate, seconds);
        Blend(ref _fast, FastHalfLife, rate, seconds);
        Blend(ref _slow, SlowHalfLife, rate, seconds);
    }

    private static void Blend(ref double mean, double halfLife, double rate, double seconds)
    {
        var keep = Math.Pow(2, -seconds / halfLife);
        mean = (mean * keep) + (rate * (1 - keep));
    }

    /// <summary>A mean that began at nothing is too low by what nothing still weighs in it.</summary>
    private double Corrected(double mean, double halfLife) => BusySeconds <= 0 ? 0 : mean / (1 - Math.Pow(2, -BusySeconds / halfLife));
}
