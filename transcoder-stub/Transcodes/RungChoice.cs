using TranscoderStub.JustInTime;

namespace TranscoderStub.Transcodes;

/// <summary>Which rung a session begins with. All rungs stay reachable; this one is made ahead and told back.</summary>
internal static class RungChoice
{
    // What of a measured line may be planned with; the gateway's own safety factor.
    private const double SafetyFactor = 0.8;

    /// <exception cref="TranscodeException">There is no profile of that name.</exception>
    public static Rendition Of(TitlePlan plan, string? profile, double? bandwidthKbps, double? jitterKbps)
    {
        var ladder = (plan.Pictures.Any() ? plan.Pictures : plan.Sounds).ToList();
        if (bandwidthKbps is <= 0 || jitterKbps is < 0 || !double.IsFinite(bandwidthKbps ?? 0) || !double.IsFinite(jitterKbps ?? 0))
            throw TranscodeException.Wrong("'bandwidthKbps' is above 0 and 'jitterKbps' not below.");
        if (profile is null or "auto")
        {
            if (bandwidthKbps is null) return TitlePlan.FirstOf(ladder);
            var beside = plan.Pictures.Any() ? plan.Sounds.FirstOrDefault()?.Kbps ?? 0 : 0;
            var usable = (bandwidthKbps.Value * SafetyFactor) - (jitterKbps ?? 0);
            return ladder.Find(r => r.Kbps + beside <= usable) ?? ladder[^1];
        }

        if (profile == TitlePlanner.Original) return ladder[0];
        if (ladder.Find(r => r.Name == profile) is { } named) return named;
        if (TitlePlanner.Profiles.FirstOrDefault(p => p.Name == profile) is not { } step)
            throw TranscodeException.Wrong($"'profile' is one of auto, original, {string.Join(", ", TitlePlanner.Profiles.Select(p => p.Name))}.");

        // A profile above what the source has means the best there is.
        return ladder.Find(r => r.Height <= step.Height) ?? ladder[^1];
    }
}
