namespace Gateway.Manifests.Offers;

/// <summary>What a rung of a ladder is, for the choice of what a bitrate limit leaves of it.</summary>
internal enum RungKind
{
    /// <summary>Has a picture, with or without sound.</summary>
    Picture,

    /// <summary>Only sound, to be chosen like a picture: an audio-only EXT-X-STREAM-INF.</summary>
    Sound,

    /// <summary>For trick play only: nothing is lost without it.</summary>
    TrickPlay,
}
