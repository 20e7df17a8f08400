namespace Gateway.Load.Players.Rules;

/// <summary>Makes the rules that a plan names.</summary>
internal static class RulesCatalog
{
    public static PlayerRules Make(PlayerPlan plan) => plan.Rules switch
    {
        RuleSet.HlsJs => new HlsJsRules(plan.BufferSeconds),
        RuleSet.DashJs => new DashJsRules(plan.BufferSeconds, plan.ObeysCmsd),
        RuleSet.Shaka => new ShakaRules(plan.DownlinkKbps * 1000.0),
        RuleSet.Throughput => new ThroughputRules(),
        RuleSet.Bola => new BolaRules(),
        RuleSet.Fixed => new FixedRules(plan.FixedRung, plan.BufferSeconds),
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Rules, "There are no such rules."),
    };
}
