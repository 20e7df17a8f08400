using System.Globalization;
using System.Text;

namespace Gateway.Load.Agreement;

/// <summary>Rows and what they come to for each player, as text.</summary>
internal static class AgreementTable
{
    public static string Of(IReadOnlyList<AgreementRow> rows)
    {
        var text = new StringBuilder();
        foreach (var player in rows.GroupBy(r => r.Player, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{player.Key}\n  {"trace",-32} {"segments agreeing",18} {"stalls",13} {"stalled s",15} {"start-up ms",15}\n");
            foreach (var row in player) Append(text, row);
            Append(text, AgreementSummary.Of(player.Key, [.. player]));
        }

        return text.ToString();
    }

    /// <summary>Requests of both sides beside each other, in the order of their moments: where they part is where to look.</summary>
    public static string LoadsOf(AgreementRow row)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{row.Player} {row.Trace}\n");
        var loads = row.Expected.Loads.Select(l => (Load: l, Real: true)).Concat(row.Actual.Loads.Select(l => (Load: l, Real: false))).OrderBy(l => l.Load.SentMs);
        foreach (var (load, real) in loads)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"{load.Path[..^4]} {load.SentMs} +{load.BeganMs - load.SentMs} +{load.EndedMs - load.SentMs}{(load.Bytes < AgreementTitle.BytesOf(load.Path) ? " given up" : "")}");
            text.Append(CultureInfo.InvariantCulture, $"{(real ? words : ""),-50}{(real ? "" : words)}\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, AgreementRow row) => text.Append(
        CultureInfo.InvariantCulture,
        $"  {row.Trace,-32} {row.Agreeing,4} of {row.Compared,3} {Share(row.Agreeing, row.Compared),6:0.0}% {row.Expected.Stalls,5} : {row.Actual.Stalls,-5} {row.Expected.StalledMs / 1000.0,6:0.0} : {row.Actual.StalledMs / 1000.0,-6:0.0} {row.Expected.StartupMs,6} : {row.Actual.StartupMs,-6}{(row.FirstDifference is { } first ? $" from {first}" : "")}\n");

    private static void Append(StringBuilder text, AgreementSummary sum) => text.Append(
        CultureInfo.InvariantCulture,
        $"  {$"{sum.Traces} traces",-32} {sum.Agreeing,4} of {sum.Compared,3} {sum.AgreeingShare * 100,6:0.0}% {sum.ExpectedStalls,5} : {sum.ActualStalls,-5} {sum.ExpectedStalledSeconds,6:0.0} : {sum.ActualStalledSeconds,-6:0.0} within 150 ms: {sum.StartupsWithin150Ms} of {sum.Traces}, worst {sum.WorstStartupMs}\n\n");

    private static double Share(int part, int whole) => whole == 0 ? 0 : 100.0 * part / whole;
}
