namespace Gateway.Rollout.Player;

/// <summary>How a page's segmented player starts and retries.</summary>
internal enum PlayerProfile
{
    /// <summary>Begins with the lowest rendition, tries playlists again patiently, bars a failing rendition for a while.</summary>
    Balanced,

    /// <summary>The library's own defaults.</summary>
    Legacy,
}
