namespace Gateway.Load.Players.Rules;

/// <summary>
/// How hls.js measures: the smaller of two weighted means of 3 and 9 s (abrEwmaFastVoD, abrEwmaSlowVoD; the same for live), and beside them one of the time to the first byte,
/// which is taken out of a segment's own time.
/// </summary>
internal sealed class HlsJsEstimator
{
    /// <summary>Before the first sample, seconds.</summary>
    private const double DefaultFirstByte = 0.1;

    private const double LeastWeight = 0.001;

    private readonly Ewma _fast = new(3);
    private readonly Ewma _slow = new(9);
    private readonly Ewma _firstByte = new(9);

    /// <summary>Bits per second before the first sample.</summary>
    public double Default { get; private set; } = 500_000;

    public bool HasSamples => _fast.Weight >= LeastWeight;

    /// <summary>Bits per second.</summary>
    public double Estimate => HasSamples ? Math.Min(_fast.Mean, _slow.Mean) : Default;

    /// <summary>Seconds.</summary>
    public double FirstByte => _firstByte.Weight >= LeastWeight ? _firstByte.Mean : DefaultFirstByte;

    /// <summary>Begins anew from an assumption.</summary>
    public void Reset(double bitsPerSecond)
    {
        Default = bitsPerSecond;
        _fast.Clear();
        _slow.Clear();
        _firstByte.Clear();
    }

    /// <summary>A segment, or a part of one, came.</summary>
    public void Add(double seconds, long bytes)
    {
        if (bytes <= 0) return;

        // Nothing takes less than 50 ms, or than it would at 800 Mbit/s.
        var weight = Math.Max(seconds, Math.Min(50, bytes / 100_000.0) / 1000);
        var rate = bytes * 8 / weight;
        _fast.Add(weight, rate);
        _slow.Add(weight, rate);
    }

    /// <summary>The longer a first byte took, the less it counts.</summary>
    public void AddFirstByte(double seconds) =>
        _firstByte.Add(Math.Sqrt(2) * Math.Exp(-seconds * seconds / 2), Math.Max(seconds, 0.005));
}
