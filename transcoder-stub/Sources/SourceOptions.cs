using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.Sources;

/// <summary>Section <c>Transcoder:Sources</c>: what may be made into segments.</summary>
internal sealed class SourceOptions
{
    /// <summary>Folder with media files, at any depth; empty (default): there is no library, and a start needs a <c>sourceUrl</c>.</summary>
    public string Library { get; set; } = "";

    /// <summary>Most files of the library; those behind are left out, with a warning. Default 100 000.</summary>
    [Range(1, 10_000_000)]
    public int MaxFiles { get; set; } = 100_000;

    /// <summary>
    /// Hosts (with port, comma separated) from which a <c>sourceUrl</c> may read; empty (default): this machine's own addresses only, where a gateway's
    /// <c>/internal/stream</c> is.
    /// </summary>
    public string AllowedHosts { get; set; } = "";

    /// <summary>A longer source is refused. Default 24 h: a playlist of 43 200 entries.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A source whose picture has more pixels is refused. Default 35 389 440: 8192 by 4320.</summary>
    [Range(4L, 8192L * 8192)]
    public long MaxPixels { get; set; } = 8192 * 4320;
}
