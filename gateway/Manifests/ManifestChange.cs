using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;

namespace Gateway.Manifests;

/// <summary>Maps the outcomes of both formats to one value: true when anything changed, false when not, null when a limit of the format is exceeded.</summary>
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
