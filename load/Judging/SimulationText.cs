using System.Globalization;
using System.Text;

namespace Gateway.Load.Judging;

/// <summary>A simulation in sentences.</summary>
internal static class SimulationText
{
    public static string OfAa(SimulationSummary aa, double alpha) => string.Create(
        CultureInfo.InvariantCulture,
        $"A/A at a share of {aa.Share:0.##}, wave {aa.Wave}: {aa.Reverted} of {aa.Runs} runs reverted without cause ({aa.RevertedShare * 100:0.000} %, at most {alpha * 100:0.###} % promised), looked at {aa.Looks} times.{Triggers(aa)}\n");

    public static string OfEffect(SimulationSummary effect, SimulationPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{effect.On} times {effect.Effect:0.##} at a share of {effect.Share:0.##}, wave {effect.Wave}: {effect.Reverted} of {effect.Runs} runs reverted within {plan.Sessions} sessions.{Triggers(effect)}\n");
        if (plan.Event is { } harm) text.Append(CultureInfo.InvariantCulture, $"  sessions harmed ({harm}), both arms, until reversion: median {Told(effect.EventsMedian)}, p95 {Told(effect.EventsP95)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  all sessions, both arms, until reversion: median {Told(effect.SessionsMedian)}, p95 {Told(effect.SessionsP95)}; of these the wave's: median {Told(effect.TreatmentMedian)}\n");
        return text.ToString();
    }

    public static string OfPromotion(SimulationSummary summary) => string.Create(
        CultureInfo.InvariantCulture, $"  promoted: {summary.Promoted} of {summary.Runs} runs ({100.0 * summary.Promoted / Math.Max(1, summary.Runs):0.0} %), median after {Told(summary.PromotionMedian)} sessions of both arms\n");

    private static string Triggers(SimulationSummary summary) =>
        summary.Triggers.Count == 0 ? "" : $" Triggers: {string.Join(", ", summary.Triggers.OrderByDescending(static t => t.Value).Select(static t => $"{t.Key} {t.Value.ToString(CultureInfo.InvariantCulture)}"))}.";

    private static string Told(double? value) => value is { } known ? known.ToString("0", CultureInfo.InvariantCulture) : "beyond the run";
}
