using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gateway.Adaptation;

/// <summary>
/// Instruments of the meter <c>Gateway.Adaptation</c>: what the levers do, and what becomes of the sessions of either arm, those that are adapted and those that are left alone, so that a dashboard can
/// tell the difference and how sure it is.
/// </summary>
internal sealed class AdaptationMetrics
{
    private readonly Counter<long> _acts;
    private readonly Counter<long> _switches;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _sessions;
    private readonly Counter<double> _stallShares;
    private readonly Counter<double> _stallSquares;
    private readonly Counter<double> _delivered;

    public AdaptationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Gateway.Adaptation");
        _acts = meter.CreateCounter<long>("gateway.adaptation.acts", description: "Requests for segments of video, by the lever that acted on the answer, or none.");
        _switches = meter.CreateCounter<long>("gateway.quality.switches", description: "Changes of rendition within a session, by the player or by the gateway, and of the highest one that the gateway suggests.");
        _samples = meter.CreateCounter<long>("gateway.adaptation.samples", description: "Stretches of bodies that clients took, by what measured them.");
        _sessions = meter.CreateCounter<long>("gateway.adaptation.sessions", description: "Ended sessions that played a ladder, by arm: adapted, or left alone.");
        _stallShares = meter.CreateCounter<double>("gateway.adaptation.stall_ratio.sum", description: "Sum over these sessions of the share of their time in which they were stalled.");
        _stallSquares = meter.CreateCounter<double>("gateway.adaptation.stall_ratio.squares", description: "Sum of the squares of these shares: with their sum and number, the spread.");
        _delivered = meter.CreateCounter<double>("gateway.adaptation.delivered_kbps.sum", description: "Sum over these sessions of their average bitrate in kbit/s.");
        foreach (var arm in new[] { false, true })
        {
            _acts.Add(0, new TagList { { "lever", "none" }, { "arm", Arm(arm) } });
            foreach (var (lever, _) in LeverNames.All) _acts.Add(0, new TagList { { "lever", lever }, { "arm", Arm(arm) } });
            _sessions.Add(0, ArmTag(arm));
            _stallShares.Add(0, ArmTag(arm));
            _stallSquares.Add(0, ArmTag(arm));
            _delivered.Add(0, ArmTag(arm));
        }

        foreach (var by in new[] { "tcp", "writer", "proxy" }) _samples.Add(0, KeyValuePair.Create("by", (object?)by));
    }

    /// <param name="lever">A name of <see cref="LeverNames"/>, or <c>none</c>.</param>
    /// <param name="untouched">Whose answer it was.</param>
    public void Acted(string lever, bool untouched) => _acts.Add(1, new TagList { { "lever", lever }, { "arm", Arm(untouched) } });

    /// <param name="up">To a higher bitrate.</param>
    /// <param name="reason"><c>client</c>, <c>bandwidth_drop</c>, <c>bandwidth_rise</c>, <c>segment_errors</c>, <c>slow_upstream</c>, <c>cap</c>.</param>
    public void Switched(bool up, string reason) => _switches.Add(1, new TagList { { "direction", up ? "up" : "down" }, { "reason", reason } });

    /// <param name="by"><c>tcp</c>, <c>writer</c>, <c>proxy</c>.</param>
    public void Sampled(string by) => _samples.Add(1, KeyValuePair.Create("by", (object?)by));

    /// <summary>A session has ended after it was watched.</summary>
    public void Ended(bool untouched, TimeSpan watched, TimeSpan stalled, double kbps)
    {
        var share = stalled.TotalSeconds / (watched + stalled).TotalSeconds;
        _sessions.Add(1, ArmTag(untouched));
        _stallShares.Add(share, ArmTag(untouched));
        _stallSquares.Add(share * share, ArmTag(untouched));
        _delivered.Add(kbps, ArmTag(untouched));
    }

    private static KeyValuePair<string, object?> ArmTag(bool untouched) => KeyValuePair.Create("arm", (object?)Arm(untouched));

    private static string Arm(bool untouched) => untouched ? "untouched" : "adapted";
}
