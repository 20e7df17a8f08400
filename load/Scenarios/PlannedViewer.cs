using Gateway.Load.Players;

namespace Gateway.Load.Scenarios;

/// <summary>One viewer of the plan.</summary>
/// <param name="Player">What the player does.</param>
/// <param name="Ordinal">Which of its scenario it is, from 0: with the seed it says all about it, and pairs it with the same one of another run.</param>
/// <param name="Link">Its line; null = as fast as the machine.</param>
internal sealed record PlannedViewer(PlayerPlan Player, long Ordinal, LinkPlan? Link);
