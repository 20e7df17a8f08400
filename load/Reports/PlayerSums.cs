using System.Runtime.InteropServices;

namespace Gateway.Load.Reports;

/// <summary>
/// Sums over players, and the rates that follow from them. A rate is that of the sums, not the mean of each player's: somebody who saw ten seconds does not count as much
/// as somebody who saw an hour.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlayerSums
{
    private const double HourMs = 3_600_000;

    public int Count { get; private init; }

    public double PlayedMs { get; private init; }

    public double StallMs { get; private init; }

    public long Stalls { get; private init; }

    public long Stalled { get; private init; }

    public long Failed { get; private init; }

    public long Switches { get; private init; }

    public double KbpsMs { get; private init; }

    public long Bytes { get; private init; }

    public long WastedBytes { get; private init; }

    public double QoeSum { get; private init; }

    public double PlayedHours => PlayedMs / HourMs;

    public double StallsPerHour => PerHour(Stalls);

    public double StallSecondsPerHour => PerHour(StallMs / 1000);

    /// <summary>Of the time in which the picture should have moved, the part in which it stood.</summary>
    public double StallShare => Ratio(StallMs, PlayedMs + StallMs);

    public double StalledShare => Ratio(Stalled, Count);

    public double FailedShare => Ratio(Failed, Count);

    public double SwitchesPerHour => PerHour(Switches);

    /// <summary>Declared rate over the time played.</summary>
    public double MeanKbps => Ratio(KbpsMs, PlayedMs);

    public double WastedShare => Ratio(WastedBytes, Bytes);

    /// <summary>Mean of <see cref="LinearQoe"/> over players.</summary>
    public double Qoe => Ratio(QoeSum, Count);

    public static PlayerSums Of(IEnumerable<PlayerRow> rows)
    {
        var sums = default(PlayerSums);
        foreach (var row in rows) sums = sums.With(row);
        return sums;
    }

    public PlayerSums With(PlayerRow row) => new()
    {
        Count = Count + 1,
        PlayedMs = PlayedMs + row.PlayedMs,
        StallMs = StallMs + row.StallMs,
        Stalls = Stalls + row.Stalls,
        Stalled = Stalled + (row.Stalls > 0 ? 1 : 0),
        Failed = Failed + (row.Failed ? 1 : 0),
        Switches = Switches + row.Switches,
        KbpsMs = KbpsMs + (row.MeanKbps * row.PlayedMs),
        Bytes = Bytes + row.Bytes,
        WastedBytes = WastedBytes + row.WastedBytes,
        QoeSum = QoeSum + LinearQoe.Of(row),
    };

    private double PerHour(double amount) => Ratio(amount * HourMs, PlayedMs + StallMs);

    private static double Ratio(double part, double whole) => whole <= 0 ? 0 : part / whole;
}
