using System.ComponentModel.DataAnnotations;
using Gateway.Adaptation.Players;

namespace Gateway.Adaptation;

/// <summary>
/// Section <c>Gateway:Adaptation</c>: what the gateway measures of a session's line, and what it does about it. <see cref="Levers"/> switches each deed by itself; the rest sets how
/// the line is judged. docs/adaptation.md has what each lever was measured to do.
/// </summary>
internal sealed class AdaptationOptions : IValidatableObject
{
    /// <summary>
    /// What the gateway may do: <c>all</c>, <c>none</c>, or a list of <c>cmsd</c>, <c>throughput</c>, <c>start</c>, <c>pacing</c>, <c>auto</c>, <c>errors</c> with commas between them. On by default are those
    /// that were shown to help and to harm nobody.
    /// </summary>
    public string Levers { get; set; } = "auto,errors";

    /// <summary>Share of the sessions that stay untouched, so that the effect on all others can be measured; the session's id decides, the same way on every machine.</summary>
    [Range(0.0, 1.0)]
    public double UntouchedShare { get; set; } = 0.05;

    /// <summary>Samples in the rolling window of the bandwidth monitor.</summary>
    [Range(3, 100)]
    public int WindowSamples { get; set; } = 10;

    /// <summary>Part of the average that a stable line is trusted with.</summary>
    [Range(0.1, 1.0)]
    public double SafetyFactor { get; set; } = 0.8;

    /// <summary>Part of the average that an unstable line is trusted with.</summary>
    [Range(0.1, 1.0)]
    public double UnstableFactor { get; set; } = 0.6;

    /// <summary>A line is stable while the difference of its fastest and slowest sample is below this part of the average.</summary>
    [Range(0.01, 10.0)]
    public double StableJitterRatio { get; set; } = 0.25;

    /// <summary>Segment errors of a session that change nothing yet; one more selects the next lower rung.</summary>
    [Range(0, 100)]
    public int ErrorsBeforeDowngrade { get; set; } = 3;

    /// <summary>After so long without an error the count of errors begins anew, and what they took away is given back rung by rung.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan ErrorRecovery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Part of the buffer that the next segments of a rung may take to load for the rung to count as safe.</summary>
    [Range(0.1, 1.0)]
    public double BufferShare { get; set; } = 0.7;

    /// <summary>Media that is looked ahead for it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Horizon { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Network prefixes of which the line is remembered, for sessions that begin; about 100 bytes each.</summary>
    [Range(0, 1_000_000)]
    public int PriorEntries { get; set; } = 20_000;

    /// <summary>
    /// Classes of players that get the rendition <c>auto</c> without asking for it, with commas between them: <c>no-adaptation</c> (ffmpeg, mpv, VLC, GStreamer and the like), <c>apple</c>, <c>exoplayer</c>. Titles
    /// that cannot be played so are answered with their ladder.
    /// </summary>
    public string AutoPlayers { get; set; } = "";

    /// <summary>
    /// Field by which a proxy in <c>Access:TrustedProxies</c> tells of its own connection to the client: <c>rate</c> (kbit/s) or <c>cwnd</c> (packets) with <c>rtt</c> (milliseconds; <c>rtt_us</c>: microseconds), and <c>stream=1</c> where it
    /// takes bodies no faster than its client; from anybody else it is ignored. Behind a proxy that tells nothing only what players say is known.
    /// </summary>
    [Required]
    public string ClientNetworkHeader { get; set; } = "X-Client-Network";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!LeverNames.TryRead(Levers, out _, out var unknown))
            yield return new ValidationResult($"Levers: '{unknown}' is none. Write all, none, or some of {string.Join(", ", LeverNames.All.Select(static l => l.Name))} with commas between them.");
        foreach (var name in Words(AutoPlayers))
        {
            if (ClassOf(name) is null) yield return new ValidationResult($"AutoPlayers: '{name}' is no class of players. Write some of no-adaptation, apple, exoplayer with commas between them, or nothing.");
        }

        if (UnstableFactor > SafetyFactor)
            yield return new ValidationResult("UnstableFactor is above SafetyFactor, so that an unstable line would be trusted more than a stable one. Lower it.");
    }

    /// <summary>What <see cref="AutoPlayers"/> says.</summary>
    public IEnumerable<PlayerClass> AutoPlayerClasses() => Words(AutoPlayers).Select(ClassOf).OfType<PlayerClass>();

    /// <summary>What <see cref="Levers"/> says; none where it cannot be read.</summary>
    public AdaptationLevers ReadLevers() => LeverNames.TryRead(Levers, out var levers, out _) ? levers : AdaptationLevers.None;

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static PlayerClass? ClassOf(string name) => name switch
    {
        "no-adaptation" => PlayerClass.NoAdaptation,
        "apple" => PlayerClass.Apple,
        "exoplayer" => PlayerClass.ExoPlayer,
        _ => null,
    };
}
