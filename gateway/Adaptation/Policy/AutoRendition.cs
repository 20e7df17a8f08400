using Gateway.Adaptation.Players;

namespace Gateway.Adaptation.Policy;

/// <summary>What players of the rendition <c>auto</c> are shown of the ladder behind it: one class for real manifests and for the simulation, so that what the one plays the other has measured.</summary>
internal static class AutoRendition
{
    /// <summary>The rung whose addresses, decoder and picture size stand in the manifest: the highest, because what it says covers all others.</summary>
    /// <param name="rungs">In the ladder, at least one.</param>
    /// <returns>From the lowest, 0.</returns>
    public static int Shown(int rungs) => rungs - 1;

    /// <summary>
    /// The rung whose bitrate the manifest declares. Of one rendition a player makes no choice, but hls.js sizes its buffer by it: 60 MB of the declared bitrate, half a minute at least. By the highest it holds a minute
    /// of any rung and stalls more than by itself, by the lowest it holds what a long outage takes (docs/adaptation.md has the figures). hls.js cannot be told from other players of a browser. Native players are told
    /// the truth, which Apple's holds segments against; so is who reads an MPD, where nobody was seen to make use of it.
    /// </summary>
    /// <param name="rungs">In the ladder, at least one.</param>
    /// <param name="player">Who reads it.</param>
    /// <param name="isHls">The manifest is a playlist.</param>
    /// <returns>From the lowest, 0.</returns>
    public static int Declared(int rungs, PlayerClass player, bool isHls) => isHls && player is (PlayerClass.HlsJs or PlayerClass.Unknown) ? 0 : Shown(rungs);
}
