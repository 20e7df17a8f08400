namespace Gateway.Live.Keys;

/// <summary>How the two pictures of a stereo stream lie in its frames; handed to the transcoder unchanged.</summary>
internal enum StreamMode
{
    /// <summary>Side by side: <c>sbs</c>.</summary>
    SideBySide,

    /// <summary><c>anaglyph</c>.</summary>
    Anaglyph,
}
