namespace Gateway.Sessions;

/// <summary>What the viewer chose.</summary>
internal enum PlaybackQuality
{
    Original,
    High,
    Medium,
    Low,
}
