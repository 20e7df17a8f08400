namespace Gateway.Rollout.Judging;

/// <summary>Bins of start-up times: sixteen to each doubling, so 4.4 % wide, from 1 ms to 17 min; each stands for its upper end. The last one is for those without end.</summary>
internal static class StartupScale
{
    private const int PerDoubling = 16;
    private const int Doublings = 20;

    /// <summary>The bin of start-ups that never came to a picture.</summary>
    public const int Never = (PerDoubling * Doublings) + 1;

    public const int Bins = Never + 1;

    public static int BinOf(double milliseconds) => milliseconds <= 1 ? 0 : Math.Min(Never - 1, (int)Math.Ceiling(PerDoubling * Math.Log2(milliseconds)));

    /// <summary>Upper end of a bin, milliseconds; infinite for the last.</summary>
    public static double Milliseconds(int bin) => bin >= Never ? double.PositiveInfinity : double.Exp2((double)bin / PerDoubling);
}
