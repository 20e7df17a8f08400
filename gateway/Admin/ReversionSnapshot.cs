using Gateway.Rollout.Control;

namespace Gateway.Admin;

/// <summary>A reversion as operators see it.</summary>
/// <param name="Trigger">What caused it.</param>
/// <param name="Observed">What was seen, in the trigger's own unit.</param>
/// <param name="Limit">Its limit.</param>
/// <param name="Evidence">The numbers in words.</param>
/// <param name="At">When.</param>
/// <param name="Stage">The stage that was left.</param>
/// <param name="Scope"><c>all</c> or <c>wave</c>.</param>
/// <param name="By">Key id of an operator, or who else decided.</param>
internal sealed record ReversionSnapshot(string Trigger, double Observed, double Limit, string Evidence, DateTimeOffset At, int Stage, string Scope, string By)
{
    public static ReversionSnapshot? Of(Reversion? why) => why is null ? null : new(why.Trigger, why.Observed, why.Limit, why.Evidence, why.At, why.Stage, why.Scope, why.By);
}
