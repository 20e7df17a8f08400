using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.Live;

/// <summary>Section <c>Transcoder:Live</c>.</summary>
internal sealed class LiveOptions
{
    /// <summary>
    /// When every live title began: segment 0 starts here, and DASH counts its presentation time from here. Default 2025-01-01: past on every
    /// machine, and near enough that a time in 90 kHz ticks stays far from the 2^53 up to which JavaScript counts exactly.
    /// </summary>
    [Range(typeof(DateTimeOffset), "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z",
        ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public DateTimeOffset Epoch { get; set; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Segments in a live playlist. Default 8 (16 s of the bundled titles): more than the three target durations that a player stays behind,
    /// with room to fall back.
    /// </summary>
    [Range(3, 10_000)]
    public int WindowSegments { get; set; } = 8;
}
