namespace Gateway.Load.Players.Rules;

/// <summary>An exponentially weighted mean whose samples count by their weight, without the bias of its beginning at zero: the one that shaka-player and hls.js share.</summary>
/// <param name="halfLife">Weight after which a sample counts half.</param>
internal sealed class Ewma(double halfLife)
{
    private readonly double _rate = Math.Log(0.5) / halfLife;
    private double _sum;

    /// <summary>Of all samples so far.</summary>
    public double Weight { get; private set; }

    public double Mean => Weight > 0 ? _sum / (1 - Math.Exp(_rate * Weight)) : 0;

    public void Add(double weight, double value)
    {
        var kept = Math.Exp(_rate * weight);
        _sum = (value * (1 - kept)) + (kept * _sum);
        Weight += weight;
    }

    public void Clear()
    {
        _sum = 0;
        Weight = 0;
    }
}
