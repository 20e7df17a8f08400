namespace Gateway.Adaptation.Players;

/// <summary>
/// Recognises players by what they send. Browser players do not name themselves: their user agent is the browser's, so what tells them apart is how they report
/// (CMCD) or what a page said when it created its session.
/// </summary>
internal static class PlayerClassifier
{
    private static readonly (string Word, PlayerClass Class)[] s_agents =
    [
        ("Lavf/", PlayerClass.NoAdaptation),
        ("libmpv", PlayerClass.NoAdaptation),
        ("mpv ", PlayerClass.NoAdaptation),
        ("VLC/", PlayerClass.NoAdaptation),
        ("LibVLC/", PlayerClass.NoAdaptation),
        ("GStreamer", PlayerClass.NoAdaptation),
        ("Kodi/", PlayerClass.NoAdaptation),
        ("NSPlayer", PlayerClass.NoAdaptation),
        ("Wget/", PlayerClass.NoAdaptation),
        ("curl/", PlayerClass.NoAdaptation),
        ("ExoPlayer", PlayerClass.ExoPlayer),
        ("AndroidXMedia3", PlayerClass.ExoPlayer),
        ("AppleCoreMedia", PlayerClass.Apple),
        ("stagefright", PlayerClass.ExoPlayer),
    ];

    private static readonly (string Name, PlayerClass Class)[] s_engines =
    [
        ("hls.js", PlayerClass.HlsJs),
        ("hlsjs", PlayerClass.HlsJs),
        ("dash.js", PlayerClass.DashJs),
        ("dashjs", PlayerClass.DashJs),
        ("shaka", PlayerClass.Shaka),
        ("shaka-player", PlayerClass.Shaka),
        ("video.js", PlayerClass.Vhs),
        ("videojs", PlayerClass.Vhs),
        ("vhs", PlayerClass.Vhs),
        ("native", PlayerClass.Apple),
        ("avplayer", PlayerClass.Apple),
        ("exoplayer", PlayerClass.ExoPlayer),
        ("media3", PlayerClass.ExoPlayer),
        ("none", PlayerClass.NoAdaptation),
    ];

    /// <param name="engine">What the page said it plays with; null where it said nothing.</param>
    /// <param name="userAgent">Field value; null or anything else is allowed.</param>
    public static PlayerClass Of(string? engine, string? userAgent)
    {
        if (engine is not null)
        {
            foreach (var (name, found) in s_engines)
            {
                if (engine.Equals(name, StringComparison.OrdinalIgnoreCase)) return found;
            }
        }

        if (userAgent is null) return PlayerClass.Unknown;
        foreach (var (word, found) in s_agents)
        {
            if (userAgent.Contains(word, StringComparison.OrdinalIgnoreCase)) return found;
        }

        return PlayerClass.Unknown;
    }

    /// <summary>
    /// Whether a player is sent <c>mb</c> and <c>etp</c>: shaka takes them out of the box, and in a browser it looks like any other player; who knows no CMSD is not bothered by it. Not dash.js, where a page may switch
    /// them on: it goes back to the playhead whenever the cap rises and stalls more with it than without (docs/adaptation.md).
    /// </summary>
    public static bool TakesCmsd(PlayerClass player) => player is not (PlayerClass.DashJs or PlayerClass.NoAdaptation);
}
