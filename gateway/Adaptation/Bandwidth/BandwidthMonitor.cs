namespace Gateway.Adaptation.Bandwidth;

/// <summary>
/// A rolling window of what a session's line carried (S1.37–S1.41): the mean of the samples, their spread, and how much of the mean may be spent. Samples are at least
/// <see cref="LeastInterval"/> apart; what comes sooner is added to the one before it, and what tells nothing of the line is left out.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
internal sealed class BandwidthMonitor
{
    /// <summary>Fewer samples decide nothing.</summary>
    public const int LeastSamples = 3;

    /// <summary>Samples are no closer than that.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(2);

    /// <summary>What is quicker tells of buffers on the way.</summary>
    public static readonly TimeSpan LeastDuration = TimeSpan.FromMilliseconds(10);

    /// <summary>Smaller bodies fit into a socket's first flight.</summary>
    public const long LeastBytes = 16 * 1024;

    private readonly float[] _kbps;
    private readonly double _safety;
    private readonly double _unstable;
    private readonly double _ratio;
    private long _bytes;
    private TimeSpan _busy;
    private TimeSpan _since;
    private int _next;

    public BandwidthMonitor(AdaptationOptions options)
    {
        _kbps = new float[options.WindowSamples];
        (_safety, _unstable, _ratio) = (options.SafetyFactor, options.UnstableFactor, options.StableJitterRatio);
    }

    /// <summary>Samples in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there are enough samples to decide by.</summary>
    public bool HasEstimate => Count >= LeastSamples;

    /// <summary>Mean of the window; 0 without a sample.</summary>
    public double AverageKbps
    {
        get
        {
            if (Count == 0) return 0;
            var sum = 0.0;
            for (var i = 0; i < Count; i++) sum += _kbps[i];
            return sum / Count;
        }
    }

    /// <summary>Difference of the fastest and the slowest sample.</summary>
    public double JitterKbps
    {
        get
        {
            if (Count == 0) return 0;
            var (low, high) = (_kbps[0], _kbps[0]);
            for (var i = 1; i < Count; i++) (low, high) = (Math.Min(low, _kbps[i]), Math.Max(high, _kbps[i]));
            return high - low;
        }
    }

    /// <summary>The jitter is below its part of the average (S1.38).</summary>
    public bool IsStable => Count > 0 && JitterKbps < AverageKbps * _ratio;

    /// <summary>What may be spent: of the average, more when the jitter is no more than its part of it (S1.40, S1.41); 0 without an estimate.</summary>
    public double TargetKbps => HasEstimate ? AverageKbps * (JitterKbps <= AverageKbps * _ratio ? _safety : _unstable) : 0;

    /// <summary>Takes a whole body, or a stretch of one.</summary>
    /// <returns>Whether it counts.</returns>
    public bool Add(in DeliverySample sample)
    {
        if (sample.IsBuffered || sample.IsPaced || sample.Bytes < LeastBytes || sample.Duration < LeastDuration) return false;
        if (Count > 0 && sample.At - _since < LeastInterval)
        {
            _bytes += sample.Bytes;
            _busy += sample.Duration;
            _kbps[(_next + _kbps.Length - 1) % _kbps.Length] = Rate();
            return true;
        }

        (_bytes, _busy, _since) = (sample.Bytes, sample.Duration, sample.At);
        _kbps[_next] = Rate();
        _next = (_next + 1) % _kbps.Length;
        if (Count < _kbps.Length) Count++;
        return true;
    }

    private float Rate() => (float)(_bytes * 8 / _busy.TotalMilliseconds);
}
