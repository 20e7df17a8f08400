namespace Gateway.Load.Reports;

/// <summary>One point of a distribution: this share of values is at or below so many milliseconds.</summary>
internal sealed record QuantilePoint(double Quantile, double Ms)
{
    // Denser towards the end, where the bad times are; so many nines as there are values for are told.
    private static readonly double[] s_quantiles = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];

    public static IReadOnlyList<QuantilePoint> Of(ValueHistogram histogram)
    {
        if (histogram.Count == 0) return [];
        var points = s_quantiles.Where(q => q <= 0.9 || (1 - q) * histogram.Count >= 0.5).Select(q => new QuantilePoint(q, histogram.ValueAt(q) / 1000.0));
        return [.. points, new QuantilePoint(1, histogram.Max / 1000.0)];
    }
}
