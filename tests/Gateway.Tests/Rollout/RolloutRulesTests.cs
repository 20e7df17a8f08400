using Gateway.Rollout;
using Gateway.Rollout.Control;

namespace Gateway.Tests.Rollout;

public sealed class RolloutRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RolloutOptions Knobs = new();

    [Fact]
    public void Stage_SkippingOne_IsRefused() => Assert.Contains("one at a time", Refusal(At(1), Order(stage: 3)), StringComparison.Ordinal);

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 3)]
    [InlineData(2, 1)]
    public void Stage_GoingDown_IsAlwaysAccepted(int from, int to)
    {
        var next = RolloutRules.Apply(At(from), Order(stage: to), StageEvidence.None, Knobs, Noon, out _);
        Assert.Equal(to, next!.Stage);
        Assert.Equal(8, next.Version);
        Assert.Equal(Noon, next.Since);
    }

    [Fact]
    public void Stage_FromZeroWithoutTheContractSuite_IsRefusedUntilItIsRecorded()
    {
        Assert.Contains("contract suite", Refusal(At(0), Order(stage: 1)), StringComparison.Ordinal);
        Assert.Equal(1, RolloutRules.Apply(At(0), Order(stage: 1) with { ContractPassed = true }, StageEvidence.None, Knobs, Noon, out _)!.Stage);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public void Stage_FromTwoAfterADay_IsAllowedToTheMinute(int minutes, bool isRefused)
    {
        var state = At(2) with { Since = Noon - TimeSpan.FromHours(24) - TimeSpan.FromMinutes(minutes) };
        Assert.Equal(isRefused, RolloutRules.Apply(state, Order(stage: 3), StageEvidence.Good, Knobs, Noon, out _) is null);
    }

    [Fact]
    public void Stage_FromThree_NeedsADeployThatPassed()
    {
        var state = At(3) with { Since = Noon - TimeSpan.FromDays(2) };
        Assert.Contains("deploy", Refusal(state, Order(stage: 4)), StringComparison.Ordinal);
        var deploying = RolloutRules.Apply(state, Order() with { Deploying = true }, StageEvidence.Good, Knobs, Noon, out _)!;
        var passed = RolloutRules.Apply(deploying, Order() with { Deploying = false }, StageEvidence.Good, Knobs, Noon, out _)!;
        Assert.Equal(4, RolloutRules.Apply(passed, Order(stage: 4), StageEvidence.Good, Knobs, Noon, out _)!.Stage);
    }

    [Fact]
    public void Stage_AgainstABreachedGate_IsRefusedUnlessOverridden()
    {
        var breached = new StageEvidence(["start-up p95 3100 ms, at most 2500"], []);
        Assert.Null(RolloutRules.Apply(At(1), Order(stage: 2), breached, Knobs, Noon, out var refusal));
        Assert.Contains("p95 3100", refusal, StringComparison.Ordinal);
        Assert.Equal(2, RolloutRules.Apply(At(1), Order(stage: 2) with { Override = true }, breached, Knobs, Noon, out _)!.Stage);
    }

    [Fact]
    public void Reversion_ByAnOperator_HoldsUntilAnExplicitWayBack()
    {
        var reverted = RolloutRules.Apply(At(2), Order() with { Reverted = true, Reason = "bad night" }, StageEvidence.Good, Knobs, Noon, out _)!;
        Assert.Equal(("operator", "bad night", 2), (reverted.Reversion!.Trigger, reverted.Reversion.Evidence, reverted.Reversion.Stage));
        Assert.Contains("Come back first", Refusal(reverted with { Since = Noon - TimeSpan.FromDays(9) }, Order(stage: 3)), StringComparison.Ordinal);

        var back = RolloutRules.Apply(reverted, Order() with { Reverted = false }, StageEvidence.None, Knobs, Noon, out _)!;
        Assert.Null(back.Reversion);
        Assert.Equal(2, back.Stage);
        Assert.NotNull(back.LastReversion);
        Assert.True(back.Wave > reverted.Wave);
    }

    [Fact]
    public void Reversion_OfTheWaveOnly_LeavesTheStageBefore()
    {
        var next = RolloutRules.Revert(At(3), new Reversion { Trigger = "deploy", At = Noon, Stage = 3, Scope = Reversion.Wave });
        Assert.Equal(2, next.Stage);
        Assert.Null(next.Reversion);
        Assert.Equal("deploy", next.LastReversion!.Trigger);
    }

    [Fact]
    public void Warnings_AtTheLastStageWithoutADrill_SayThatTheWayBackIsUntried()
    {
        Assert.Single(RolloutRules.Warnings(At(4), Noon));
        Assert.Single(RolloutRules.Warnings(At(4) with { DrillPassedAt = Noon - TimeSpan.FromDays(8) }, Noon));
        Assert.Empty(RolloutRules.Warnings(At(4) with { DrillPassedAt = Noon - TimeSpan.FromDays(6) }, Noon));
    }

    private static RolloutState At(int stage) => new() { Version = 7, Stage = stage, Since = Noon - TimeSpan.FromHours(1) };

    private static RolloutChange Order(int? stage = null) => new() { Stage = stage, By = "ada" };

    private static string Refusal(RolloutState state, RolloutChange change)
    {
        Assert.Null(RolloutRules.Apply(state, change, StageEvidence.Good, Knobs, Noon, out var refusal));
        return refusal;
    }
}
