namespace Gateway.Load.Reports;

/// <summary>
/// The linear quality of experience of Yin, Jindal, Sekar and Sinopoli (SIGCOMM 2015), as a mean over pieces of four seconds: rate in Mbit/s, minus each change of
/// rate in Mbit/s, minus 4.3 for each second of waiting, start-up included. 4.3 Mbit/s is the highest rung there, so that a second of waiting costs as much as a second
/// at the best picture gives, with their pieces of four seconds.
/// </summary>
internal static class LinearQoe
{
    private const double PieceMs = 4000;
    private const double PerSecondOfWaiting = 4.3;

    /// <summary>Of one player; one that saw nothing has what its waiting costs over one piece.</summary>
    public static double Of(PlayerRow row)
    {
        var pieces = Math.Max(1, row.PlayedMs / PieceMs);
        var waited = (row.StallMs + row.WaitedMs) / 1000;
        var rate = row.PlayedMs > 0 ? row.MeanKbps / 1000 : 0;
        return rate - (((row.SwitchedKbps / 1000) + (PerSecondOfWaiting * waited)) / pieces);
    }
}
