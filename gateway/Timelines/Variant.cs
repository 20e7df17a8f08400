using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>One rung of the ladder (EXT-X-STREAM-INF, video or sole Representation).</summary>
internal sealed record Variant
{
    /// <summary>STABLE-VARIANT-ID or Representation@id; empty where the manifest gives none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Media playlist of the variant; null for DASH, and for hosts that are not configured.</summary>
    public MediaAddress? Address { get; init; }

    /// <summary>Peak, in bit/s.</summary>
    public required long Bandwidth { get; init; }

    /// <summary>In bit/s; null where the manifest gives none.</summary>
    public long? AverageBandwidth { get; init; }

    /// <summary>Pixels; 0 = not told or no video.</summary>
    public int Width { get; init; }

    /// <summary>Pixels; 0 = not told or no video.</summary>
    public int Height { get; init; }

    public double? FrameRate { get; init; }

    /// <summary>RFC 6381 list as the manifest spells it.</summary>
    public string Codecs { get; init; } = "";

    /// <summary>GROUP-ID of the audio that plays with it; empty for none.</summary>
    public string AudioGroup { get; init; } = "";

    /// <summary>PATHWAY-ID; <c>.</c> where the manifest gives none.</summary>
    public string Pathway { get; init; } = ".";

    /// <summary>For trick play only (EXT-X-I-FRAME-STREAM-INF, trick-mode sets): no rung to choose.</summary>
    public bool TrickPlay { get; init; }

    /// <summary>Codecs name audio only: no rung beside video variants.</summary>
    public bool AudioOnly { get; init; }
}
