namespace Gateway.Rollout.Judging;

/// <summary>
/// Bins of stall ratios: one for none at all, then four to each doubling up to 1, each standing for its upper end. The tests are about the rounded ratios of both arms,
/// which are bounded by 1 as well, so rounding costs a little power and no validity.
/// </summary>
internal static class StallRatioScale
{
    private const int PerDoubling = 4;
    private const int Doublings = 11;

    public const int Bins = (PerDoubling * Doublings) + 1;

    public static int BinOf(double ratio) => ratio <= 0 ? 0 : Math.Clamp(Bins - 1 + (int)Math.Ceiling(PerDoubling * Math.Log2(ratio)), 1, Bins - 1);

    public static double Ratio(int bin) => bin == 0 ? 0 : double.Exp2((double)(bin - Bins + 1) / PerDoubling);
}
