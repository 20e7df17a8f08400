using TranscoderStub.Packaging;

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

    public SegmentContainer Container { get; init; }

    /// <summary>Frames behind a segment's own that it holds as well; the next segment begins with them.</summary>
    public int OverlapFrames { get; init; }

    public bool IsVideo => Codec == MediaCodec.H264;

    public string Extension => Container switch
    {
        SegmentContainer.WebM => ".webm",
        SegmentContainer.TransportStream => ".ts",
        _ => ".m4s",
    };

    public string MediaType => Container switch
    {
        SegmentContainer.WebM => "audio/webm; codecs=\"opus\"",
        SegmentContainer.TransportStream => "video/mp2t",
        _ => IsVideo ? "video/mp4" : "audio/mp4",
    };

    /// <summary>Folder of the initialisation section: one for all pictures, whose parameter sets are in their segments.</summary>
    public string InitFolder => IsVideo ? "video" : Name;

    /// <summary>Name of the initialisation section; empty where segments need none.</summary>
    public string InitName => Container switch
    {
        SegmentContainer.WebM => "init.webm",
        SegmentContainer.TransportStream => "",
        _ => "init.mp4",
    };

    /// <summary>Ticks that a segment holds behind its own; none behind the end.</summary>
    public long OverlapOf(int segment) => Math.Min(OverlapFrames, Timeline.Frames - Timeline.FirstFrame(segment + 1)) * Timeline.FrameTicks;
}
