using System.ComponentModel.DataAnnotations;

namespace Gateway.Rollout;

/// <summary>
/// Knobs of the section <c>Gateway:Rollout</c>: which engine is recommended to players that name none. <see cref="Stage"/>, <see cref="Allow"/> and <see cref="Deny"/> are where a roll-out begins;
/// <c>PUT /admin/rollout</c> moves it, and where gateways share a store, the store's state counts for all of them. Changed while the gateway runs, they are taken like an operator's PUT.
/// </summary>
internal sealed class RolloutOptions : IValidatableObject
{
    /// <summary>
    /// <c>Staged</c>: by stage and cohort. <c>Direct</c> and <c>Segmented</c> hold for everybody and beat what is stored and what <c>PUT /admin/rollout</c> says; a reversion beats
    /// <c>Segmented</c>. Also as <c>STREAMING_ENGINE_MODE</c>: <c>howler</c> is Direct, <c>videojs</c> Segmented.
    /// </summary>
    public EngineMode EngineMode { get; set; } = EngineMode.Staged;

    /// <summary>0 only the accounts of <see cref="Allow"/>; 1 the local library; 2 a limited cohort, local and listed sources; 3 a broad cohort, all sources; 4 everybody.</summary>
    [Range(0, 4)]
    public int Stage { get; set; }

    /// <summary>Share of eligible users in stage 1. Below 1 the others are the control group with which the judge compares.</summary>
    [Range(0.01, 1)]
    public double LocalShare { get; set; } = 1;

    /// <summary>Share of eligible users in stage 2.</summary>
    [Range(0.01, 0.99)]
    public double LimitedShare { get; set; } = 0.1;

    /// <summary>Share of eligible users in stage 3; not below <see cref="LimitedShare"/>, so that nobody leaves the cohort.</summary>
    [Range(0.01, 0.99)]
    public double BroadShare { get; set; } = 0.5;

    /// <summary>Clusters with metadata <c>Source</c>=<c>external</c> that stage 2 reaches.</summary>
    public string[] ExternalClusters { get; set; } = [];

    /// <summary>Users that get segmented playback from stage 0 on: a <c>userId</c> of <c>GET /admin/sessions</c>, or a subject of the configured issuer.</summary>
    [Length(0, MostNames)]
    public string[] Allow { get; set; } = [];

    /// <summary>Users that get direct playback at every stage; it beats <see cref="Allow"/>.</summary>
    [Length(0, MostNames)]
    public string[] Deny { get; set; } = [];

    /// <summary>Whether shared-listening groups may play segmented. Also as <c>LISTEN_TOGETHER_SEGMENTED_PLAYBACK_ENABLED</c>.</summary>
    public bool GroupsSegmented { get; set; }

    /// <summary>How long a stage from 2 on must have held before the next one is allowed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan HoldTime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether the next stage is taken without an operator once everything that it needs is there.</summary>
    public bool AutoPromote { get; set; }

    /// <summary>Breaches are told (log, event) and nothing is reverted.</summary>
    public bool DryRun { get; set; }

    /// <summary>A session counts for the comparison when it ends, and at the latest after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan ObservationTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Sessions of viewers without a name that one network (IPv4 /24, IPv6 /48) may contribute to a wave's comparison, among all gateways; the others are not judged. Of a named user it is one. What players report
    /// of themselves is believed, so a network must not weigh more than a few viewers do.
    /// </summary>
    [Range(1, 1_000_000)]
    public int SessionsPerNetwork { get; set; } = 3;

    /// <summary>Entries of <see cref="Allow"/> and of <see cref="Deny"/>.</summary>
    public const int MostNames = 1000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BroadShare < LimitedShare) yield return new ValidationResult("BroadShare is smaller than LimitedShare: users would leave the cohort between stage 2 and stage 3. Raise BroadShare.");
    }
}
