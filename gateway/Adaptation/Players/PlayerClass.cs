namespace Gateway.Adaptation.Players;

/// <summary>Which player a session has, as far as it matters for what reaches it.</summary>
internal enum PlayerClass
{
    /// <summary>Not recognised: treated as one that obeys nothing and must not be harmed.</summary>
    Unknown,
    HlsJs,
    DashJs,
    Shaka,

    /// <summary>video.js with its own HLS and DASH engine.</summary>
    Vhs,

    /// <summary>AVFoundation: Safari, iOS, tvOS.</summary>
    Apple,

    /// <summary>ExoPlayer, Media3.</summary>
    ExoPlayer,

    /// <summary>Plays one rendition and stays with it, or adapts poorly: ffmpeg, mpv, VLC, GStreamer, many TVs.</summary>
    NoAdaptation,
}
