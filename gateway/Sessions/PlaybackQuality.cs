namespace Gateway.Sessions;

/// <summary>What the viewer chose; <see cref="Control.QualityLimit"/> makes a bitrate of it.</summary>
internal enum PlaybackQuality
{
    Original,
    High,
    Medium,
    Low,
}
