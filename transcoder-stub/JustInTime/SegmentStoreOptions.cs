using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.JustInTime;

/// <summary>Section <c>Transcoder:Store</c>: the disk that keeps made segments. A disk that is full or broken costs making again and never an answer.</summary>
internal sealed class SegmentStoreOptions
{
    /// <summary>
    /// Folder of made segments, created if missing; also <c>SEGMENTED_STREAMING_CACHE_PATH</c>, else <c>TRANSCODE_CACHE_PATH</c>. Empty (default):
    /// <c>transcoder-stub/made</c> below the user's folder for program data.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>Most bytes of segments. Default 10 GB.</summary>
    [Range(0L, 1L << 50)]
    public long MaxBytes { get; set; } = 10_000_000_000;

    /// <summary>The part of <see cref="MaxBytes"/> that is left after a clean-up. Default 0.8.</summary>
    [Range(0.1d, 0.99d)]
    public double PruneTo { get; set; } = 0.8;

    /// <summary>How often it is cleaned up by the clock, besides when a segment finds no room. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan PruneEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Segments younger than this are not cleaned up; where all are, new ones are not kept. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan MinAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Segments that nobody used for this long are deleted when the store is opened or cleaned up. Default 72 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(72);

    /// <summary>Bytes that stay free on the disk. Default 1 GB.</summary>
    [Range(0L, 1L << 50)]
    public long FreeSpaceFloor { get; set; } = 1_000_000_000;
}
