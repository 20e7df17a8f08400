using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;

namespace Gateway.Manifests;

/// <summary>What both formats' rewriting came to, in one word: true when anything changed, false when not, null when a limit of the format is broken.</summary>
internal static class ManifestChange
{
    public static bool? Of(HlsOutcome outcome) => outcome switch
    {
        HlsOutcome.Rewritten => true,
        HlsOutcome.Unchanged => false,
        _ => null,
    };

    public static bool? Of(DashOutcome outcome) => outcome switch
    {
        DashOutcome.Rewritten => true,
        DashOutcome.Unchanged => false,
        _ => null,
    };
}
