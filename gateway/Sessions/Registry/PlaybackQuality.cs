namespace Gateway.Sessions.Registry;

/// <summary>What the viewer chose; <see cref="Limits.QualityLimit"/> makes a bitrate of it.</summary>
internal enum PlaybackQuality
{
    Original,
    High,
    Medium,
    Low,
}
