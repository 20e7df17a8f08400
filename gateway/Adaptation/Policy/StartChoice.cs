using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Ladders;

namespace Gateway.Adaptation.Policy;

/// <summary>With which rung a session begins, by what its network carried of late.</summary>
internal static class StartChoice
{
    /// <summary>Part of the prior that a start may count on: half of all sessions of a network are below its middle.</summary>
    public const double Share = 0.5;

    /// <returns>From the lowest, 0; null where nothing is known of the network, so that the player begins as it likes.</returns>
    public static int? Rung(AdaptationLadder ladder, NetworkPrior prior, NetworkPrefix network, int hour) =>
        prior.Estimate(network, hour) is { } kbps ? ladder.Within(kbps * Share) : null;
}
