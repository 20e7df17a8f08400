using Gateway.Rollout.Judging;

namespace Gateway.Load.Judging;

/// <summary>How one simulated wave ended.</summary>
/// <param name="Decision">What the judge came to; a run that ran out of sessions holds.</param>
/// <param name="Sessions">Judged sessions until then, or of the whole run.</param>
/// <param name="Treatment">Of these the wave's.</param>
/// <param name="Events">Of these the harmed ones, of both arms; all of them where every session is an event.</param>
/// <param name="Trigger">What reverted it.</param>
internal readonly record struct SimulatedRun(Decision Decision, long Sessions, long Treatment, long Events, string? Trigger)
{
    public bool HasReverted => Decision == Decision.Revert;

    public bool HasPromoted => Decision == Decision.Promote;
}
