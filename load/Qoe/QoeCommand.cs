using System.CommandLine;
using System.Globalization;

namespace Gateway.Load.Qoe;

/// <summary><c>load -- qoe</c>: what the gateway's levers do for each kind of player, over traces of real lines, in virtual time.</summary>
internal static class QoeCommand
{
    public static Command Create() => QoeVerb.Create("qoe", "What the gateway's levers do for players, over traces of real lines, in virtual time.", Play, static (options, parsed, stop) =>
        options.WantsOriginFaults(parsed) ? OriginFaults.OriginFaultsCommand.Create().Parse(options.OriginFaultsArguments(parsed)).InvokeAsync(parsed.InvocationConfiguration, stop) : null);

    private static List<QoeRow> Play(QoePlan plan, TextWriter output)
    {
        var rows = new List<QoeRow>();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plan.Study.Sessions.Count} sessions of ten minutes for each line; factors of avoidable stall time with 90 % intervals over traces"));
        output.WriteLine(QoeText.Head);
        foreach (var kind in plan.Players)
        {
            foreach (var seconds in plan.SegmentSeconds)
            {
                var results = new QoeStudy(plan.Study).Play(kind, seconds, plan.Arms);
                for (var arm = -1; arm < plan.Arms.Count; arm++)
                {
                    var of = arm < 0 ? QoeArm.Alone : plan.Arms[arm];
                    Tell(QoeTable.Row(kind, seconds, arm, of.Name, of.IsAuto, results));
                    if (!plan.BySet) continue;
                    foreach (var group in results.GroupBy(static r => r.Session.Set, StringComparer.Ordinal)) Tell(QoeTable.Row(kind, seconds, arm, of.Name, of.IsAuto, [.. group], group.Key));
                }
            }
        }

        return rows;

        void Tell(QoeRow row)
        {
            rows.Add(row);
            output.WriteLine(QoeText.Line(row));
        }
    }
}
