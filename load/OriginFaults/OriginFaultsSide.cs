using Gateway.Load.Reports;

namespace Gateway.Load.OriginFaults;

/// <summary>What some viewers saw.</summary>
/// <param name="Failed">Players that gave up.</param>
/// <param name="WrongBytes">Segments with a byte that the title does not have.</param>
internal sealed record OriginFaultsSide(int Viewers, double PlayedSeconds, double StallSeconds, double StallSecondsPerHour, long Stalls, double MeanKbps, long Failed, long WrongBytes)
{
    public static OriginFaultsSide Of(IReadOnlyCollection<PlayerRow> rows, long wrongBytes)
    {
        var sums = PlayerSums.Of(rows);
        return new OriginFaultsSide(sums.Count, sums.PlayedMs / 1000, sums.StallMs / 1000, sums.StallSecondsPerHour, sums.Stalls, sums.MeanKbps, sums.Failed, wrongBytes);
    }
}
