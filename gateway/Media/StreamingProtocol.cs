namespace Gateway.Media;

/// <summary>How a session's media are delivered; the lower-case name is a metric label.</summary>
internal enum StreamingProtocol
{
    /// <summary>A file by itself: no manifest was requested.</summary>
    File,
    Hls,
    Dash,
}
