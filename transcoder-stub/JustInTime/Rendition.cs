namespace TranscoderStub.JustInTime;

/// <summary>One form of a title's picture or sound.</summary>
internal sealed record Rendition
{
    /// <summary>Its folder, unique within the title: <c>v720</c>, <c>a128</c>.</summary>
    public required string Name { get; init; }

    public required MediaCodec Codec { get; init; }

    /// <summary>Stream number within the source.</summary>
    public required int Stream { get; init; }

    /// <summary>Peak rate that manifests tell, kbit/s.</summary>
    public required int Kbps { get; init; }

    public required TrackTimeline Timeline { get; init; }

    /// <summary>RFC 6381.</summary>
    public required string CodecName { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>x264's level, such as 3.1.</summary>
    public string Level { get; init; } = "";

    public int SampleRate { get; init; }

    public int Channels { get; init; }

    /// <summary>ffmpeg filters of the chosen enhancement; empty without one.</summary>
    public string AudioFilter { get; init; } = "";

    /// <summary>Chunks that initialise themselves, in WebM, instead of CMAF segments.</summary>
    public bool WebM { get; init; }

    public bool IsVideo => Codec == MediaCodec.H264;

    public string Extension => WebM ? ".webm" : ".m4s";

    public string MediaType => WebM ? "audio/webm; codecs=\"opus\"" : IsVideo ? "video/mp4" : "audio/mp4";

    /// <summary>Folder of the initialisation section: one for all pictures, whose parameter sets are in their segments.</summary>
    public string InitFolder => IsVideo ? "video" : Name;
}
