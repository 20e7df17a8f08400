using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.JustInTime;

/// <summary>Section <c>Transcoder:JustInTime</c>: how titles are cut.</summary>
internal sealed class JustInTimeOptions
{
    /// <summary>Seconds of a CMAF segment; also <c>SEGMENTED_LOCAL_SEG_DURATION_SEC</c>. Default 2.</summary>
    [Range(1d, 60d)]
    public double SegmentSeconds { get; set; } = 2;

    /// <summary>Seconds of a WebM chunk. Default 30: exactly 1,500 Opus frames.</summary>
    [Range(1d, 60d)]
    public double ChunkSeconds { get; set; } = 30;

    /// <summary>
    /// Part of a segment that is one fragment (moof and mdat), 1 for a segment in one piece; also <c>SEGMENTED_DASH_FRAGMENT_DURATION_RATIO</c>. Default 0.1.
    /// </summary>
    [Range(0.001d, 1d)]
    public double FragmentRatio { get; set; } = 0.1;

    /// <summary>Titles that are ready to be asked at a time; the one that was used longest ago makes room. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int MaxTitles { get; set; } = 1000;

    /// <summary>Of them, made of one source with other settings each; the one that was used longest ago makes room, and its encoders end. Default 32.</summary>
    [Range(1, 1_000_000)]
    public int MaxOfSource { get; set; } = 32;

    /// <summary>A title that nobody has asked for in this time is forgotten; its segments stay on disk. Default 30 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);
}
