using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.LowLatency;

/// <summary>Section <c>Transcoder:LowLatency</c>.</summary>
internal sealed class LowLatencyOptions
{
    /// <summary>
    /// Segments in a low-latency playlist. Default 16 (32 s of the bundled titles): more than the skip boundary of six target durations, so that a
    /// delta update has something to leave out.
    /// </summary>
    [Range(8, 10_000)]
    public int WindowSegments { get; set; } = 16;

    /// <summary>
    /// How far behind the newest part a player should stay (PART-HOLD-BACK). Default 1 s: the draft asks for three part targets at least (0.64 s for
    /// the bundled titles); the rest is slack for a gateway in between.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.650", "00:00:10", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan PartHoldBack { get; set; } = TimeSpan.FromSeconds(1);
}
