using Gateway.Adaptation.Ladders;
using Gateway.Adaptation.Players;

namespace Gateway.Adaptation.Policy;

/// <summary>
/// The rates at which a player that measures its segments stays on a rung: at least R/down, or it goes lower, and below R′/up, or it goes to the next rung R′. A body that is
/// sent in the upper half of that window keeps the player where it is, fills the line no more than needed, and makes no peaks.
/// </summary>
internal static class PacingWindow
{
    /// <summary>Parts of its estimate that a player spends to stay on a rung and to go up.</summary>
    public static (double Stay, double Up) FactorsOf(PlayerClass player) => player switch
    {
        PlayerClass.HlsJs => (0.95, 0.7),
        PlayerClass.Shaka => (0.95, 0.85),
        PlayerClass.DashJs => (0.9, 0.9),
        _ => (0.9, 0.9),
    };

    /// <summary>The highest rung has none to go up to. It is sent as if there were one at the distance that is usual: on a fast line it makes the highest peaks of all.</summary>
    private const double AboveTheHighest = 2;

    /// <summary>Rate for a body of a rung, kbit/s; null where the window is empty or there is nothing to hold back from.</summary>
    /// <param name="ladder">The rungs.</param>
    /// <param name="rung">That is to be kept.</param>
    /// <param name="player">Whose rules count.</param>
    /// <param name="bodyKbit">Size of the body, for what the round trip adds.</param>
    /// <param name="roundTripSeconds">Which players that measure from the request on count in; 0 = not known.</param>
    public static double? RateFor(AdaptationLadder ladder, int rung, PlayerClass player, double bodyKbit = 0, double roundTripSeconds = 0)
    {
        var (stay, up) = FactorsOf(player);
        var low = ladder.Rungs[rung].Kbps / stay;
        var high = rung + 1 < ladder.Rungs.Length ? ladder.Rungs[rung + 1].Kbps / up : low * AboveTheHighest;
        if (high <= low * 1.02) return null;
        var wanted = low + ((high - low) * 0.7);

        // What the player sees is body / (round trip + body / pace).
        if (player == PlayerClass.Shaka && bodyKbit > 0 && roundTripSeconds > 0)
        {
            var left = (bodyKbit / wanted) - roundTripSeconds;
            if (left <= 0) return null;
            wanted = bodyKbit / left;
        }

        return wanted;
    }
}
