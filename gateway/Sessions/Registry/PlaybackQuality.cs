namespace Gateway.Sessions.Registry;

/// <summary>The quality that the viewer chose; <see cref="Limits.QualityLimit"/> turns it into a bitrate.</summary>
internal enum PlaybackQuality
{
    Original,
    High,
    Medium,
    Low,
}
