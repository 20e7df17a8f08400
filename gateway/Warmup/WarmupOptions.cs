using System.ComponentModel.DataAnnotations;

namespace Gateway.Warmup;

/// <summary>
/// Section <c>Gateway:Warmup</c>: before the gateway listens, the code of a playback is run through and compiled, by requests to a second gateway in the same process that has nothing of this one's. So the first players are answered as
/// quickly as later ones.
/// </summary>
internal sealed class WarmupOptions
{
    /// <summary>How long the start may wait for it; it ends by itself when there is nothing left to compile, after 5 to 8 s on two cores that do nothing else. 0 = no warm-up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(20);
}
