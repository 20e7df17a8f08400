namespace Gateway.Load.Pacing;

/// <summary>Draws ranks by Zipf's law: the r-th most popular of n titles is asked with weight 1/rˢ.</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulative;

    /// <param name="count">How many there are; at least 1.</param>
    /// <param name="exponent">0 = all alike. Video on demand is measured at 0.6 to 1 (Yu et al., EuroSys 2006; Guo et al., PODC 2008).</param>
    public Zipf(int count, double exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        _cumulative = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++) _cumulative[i] = sum += Math.Pow(i + 1, -exponent);
        for (var i = 0; i < count; i++) _cumulative[i] /= sum;
    }

    /// <summary>A rank from 0.</summary>
    public int Draw(SeededRandom random)
    {
        var found = Array.BinarySearch(_cumulative, random.NextDouble());
        return Math.Min(found < 0 ? ~found : found + 1, _cumulative.Length - 1);
    }
}
