using System.ComponentModel.DataAnnotations;

namespace Gateway.Rollout.Player;

/// <summary>Knobs of the section <c>Gateway:Player</c>: what pages are told with the engine (<c>GET /api/v1/playback/engine</c>), so that nothing of it is compiled into them.</summary>
internal sealed class PlayerOptions
{
    /// <summary>A start-up that is not audible by then is tried again. Also as <c>SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS</c>, which sets <c>Transcoder:StartPatience</c> as well.</summary>
    [Range(typeof(TimeSpan), "00:00:01.500", "00:00:22")]
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How the segmented player starts and retries. Also as <c>SEGMENTED_VHS_PROFILE</c>.</summary>
    public PlayerProfile Profile { get; set; } = PlayerProfile.Balanced;

    /// <summary>Length of segments of local titles, s. Also as <c>SEGMENTED_LOCAL_SEG_DURATION_SEC</c>.</summary>
    [Range(0.001, 60)]
    public double SegmentDurationSec { get; set; } = 2;

    /// <summary>Share of a segment that a fragment takes. Also as <c>SEGMENTED_DASH_FRAGMENT_DURATION_RATIO</c>.</summary>
    [Range(0.0001, 1)]
    public double FragmentDurationRatio { get; set; } = 0.1;

    /// <summary>Length of a fragment, s: what players start with and refill at. Derived, six decimals.</summary>
    public double EffectiveFragmentDurationSec => Math.Round(SegmentDurationSec * FragmentDurationRatio, 6);
}
