using System.CommandLine;
using System.Globalization;

namespace Gateway.Load.Qoe;

/// <summary><c>load -- bounds</c>: per trace what a player stalls alone, what always the lowest rung does, and what remains if the future is known; between the first and the last lies what can be avoided.</summary>
internal static class BoundsCommand
{
    public static Command Create() =>
        QoeVerb.Create("bounds", "Per trace the stall time of a player alone, of always the lowest rung, and of an offline optimum that keeps 95 % of the player's bitrate.", Play);

    private static List<QoeRow> Play(QoePlan plan, TextWriter output)
    {
        var rows = new List<QoeRow>();
        output.WriteLine("player       seg trace                               stall s/h   floor optimum avoidable   kbit/s");
        foreach (var kind in plan.Players)
        {
            foreach (var seconds in plan.SegmentSeconds)
            {
                foreach (var trace in new QoeStudy(plan.Study).Play(kind, seconds, []).GroupBy(static r => r.Session.Trace.Name, StringComparer.Ordinal))
                {
                    var row = QoeTable.Row(kind, seconds, -1, "none", isAuto: false, [.. trace], trace.Key);
                    rows.Add(row);
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{row.Rule,-12} {seconds,2:0}s {trace.Key,-34} {row.StallSecondsPerHour,9:0.0} {row.FloorStallSecondsPerHour,7:0.0} {row.OptimumStallSecondsPerHour,7:0.0} {row.AvoidableStallSecondsPerHour,9:0.0} {row.MeanKbps,8:0}"));
                }
            }
        }

        return rows;
    }
}
