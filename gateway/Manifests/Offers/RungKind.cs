namespace Gateway.Manifests.Offers;

/// <summary>Kind of a rung, for the cut by a bitrate limit.</summary>
internal enum RungKind
{
    /// <summary>Has video, with or without audio.</summary>
    Video,

    /// <summary>Audio only, to be chosen like video: an audio-only EXT-X-STREAM-INF.</summary>
    Audio,

    /// <summary>For trick play only: nothing is lost without it.</summary>
    TrickPlay,
}
