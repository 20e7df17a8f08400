namespace Gateway.Load.OriginFaults;

/// <summary>One kind of player, straight at the origin and behind the gateway.</summary>
/// <param name="Players">Its name: what it watches and by whose rules.</param>
/// <param name="Ratio">Stall seconds per hour behind over straight; null when nothing stalled straight.</param>
internal sealed record OriginFaultsRow(string Players, OriginFaultsSide Straight, OriginFaultsSide Behind, double? Ratio)
{
    public static OriginFaultsRow Of(string players, OriginFaultsSide straight, OriginFaultsSide behind) =>
        new(players, straight, behind, straight.StallSecondsPerHour > 0 ? behind.StallSecondsPerHour / straight.StallSecondsPerHour : null);
}
