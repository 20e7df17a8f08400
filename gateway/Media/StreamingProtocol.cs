namespace Gateway.Media;

/// <summary>How a viewing is delivered; the lower-case word is a metric label.</summary>
internal enum StreamingProtocol
{
    /// <summary>No manifest was asked for: a file by itself.</summary>
    File,
    Hls,
    Dash,
}
