using FsCheck;
using FsCheck.Fluent;
using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class JudgeTests
{
    private static readonly JudgePlan Half = new() { Share = 0.5 };

    [Fact]
    public void Look_AtNothing_HoldsAndSaysWhatIsMissing()
    {
        var verdict = Judge.Of(Half, new JudgeState(1));
        Assert.Equal(Decision.Hold, verdict.Decision);
        Assert.Null(verdict.Trigger);
        Assert.StartsWith("Hold: after 0 sessions", verdict.Summary, StringComparison.Ordinal);
        Assert.All(verdict.Evidence, static e => Assert.True(e is { LogEvidence: < 1e-12, IsReverting: false, IsWithinMargin: false, Progress: < 1e-12 }, e.Text));
    }

    [Fact]
    public void Look_AtAWaveThatGoesAsControl_Promotes()
    {
        var verdict = Judge.Of(Half, Counted(20_000, 20_000, stalled: (1000, 1000)));
        Assert.Equal(Decision.Promote, verdict.Decision);
        Assert.Empty(verdict.Missing);
        Assert.All(verdict.Gates, static g => Assert.True(g.HasPassed, g.Text));
    }

    [Fact]
    public void Look_AtFewSessions_HoldsHoweverWellTheyWent()
    {
        var verdict = Judge.Of(Half, Counted(150, 150, stalled: (0, 0)));
        Assert.Equal(Decision.Hold, verdict.Decision);
        Assert.Contains(verdict.Missing, static m => m.Contains("150 start-ups (at least 200)", StringComparison.Ordinal));
    }

    [Fact]
    public void Look_AtHarmBeyondTheMarginThatIsNotCertain_Holds()
    {
        var verdict = Judge.Of(Half, Counted(2000, 2000, stalled: (130, 100)));
        Assert.Equal(Decision.Hold, verdict.Decision);
        var stalled = Of(verdict, "stalled");
        Assert.True(stalled is { HarmUpper: > 0.015, Progress: > 0 and < 1 }, stalled.Text);
    }

    [Fact]
    public void Look_AtDoubledStalls_RevertsAndSaysByWhat()
    {
        var verdict = Judge.Of(Half, Counted(2000, 2000, stalled: (200, 100)));
        Assert.Equal(Decision.Revert, verdict.Decision);
        Assert.Equal("stalled", verdict.Trigger);
        Assert.Contains("200 of 2000 in the wave (10.00 %), 100 of 2000 in control (5.00 %)", verdict.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_AtAWaveThatIsBetter_NeverReverts()
    {
        var verdict = Judge.Of(Half, Counted(20_000, 20_000, stalled: (100, 2000)));
        Assert.Equal(Decision.Promote, verdict.Decision);
        Assert.True(Of(verdict, "stalled").HarmUpper < 0);
    }

    [Fact]
    public void Look_AtACertainTrifle_DoesNotRevert()
    {
        // 4.00 % against 4.05 %: certain with so many sessions, and a twentieth of the margin.
        var verdict = Judge.Of(Half, Counted(20_000_000, 20_000_000, stalled: (810_000, 800_000)));
        var stalled = Of(verdict, "stalled");
        Assert.True(stalled.LogEvidence > stalled.LogLimit, stalled.Text);
        Assert.Equal(Decision.Promote, verdict.Decision);
    }

    [Fact]
    public void Look_AtAWrongSampleRatio_PromotesNothingAndSaysWhy()
    {
        var verdict = Judge.Of(Half, Counted(20_000, 22_000, stalled: (1000, 1100)));
        Assert.Equal(Decision.Hold, verdict.Decision);
        Assert.False(verdict.SampleRatio!.IsKept);
        Assert.StartsWith("Sample ratio wrong: 47.62 %", verdict.Missing[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Look_AtAWrongSampleRatioAndPlainHarm_RevertsByWhatNeedsNoShare()
    {
        var verdict = Judge.Of(Half, Counted(20_000, 22_000, stalled: (2000, 1100)));
        Assert.Equal(("stalled", Decision.Revert), (verdict.Trigger, verdict.Decision));
        // A share that alone explains the difference: twice the sessions, twice the stalls.
        Assert.Equal(Decision.Hold, Judge.Of(Half, Counted(20_000, 10_000, stalled: (2000, 1000))).Decision);
    }

    /// <summary>What one network or a few accounts can tell is no wave, however unlikely it is by chance.</summary>
    [Fact]
    public void Look_AtFewHarmedSessions_RevertsNothingWhateverTheShare()
    {
        var plan = new JudgePlan { Share = 0.01 };
        var few = Judge.Of(plan, Counted(4, 0, stalled: (4, 0)));
        Assert.True(Of(few, "stalled").LogEvidence > Of(few, "stalled").LogLimit, Of(few, "stalled").Text);
        Assert.Equal(Decision.Hold, few.Decision);
        Assert.False(new Judge(plan).IsReverting(Counted(4, 0, stalled: (4, 0))));
        Assert.Equal(Decision.Revert, Judge.Of(plan, Counted(5, 0, stalled: (5, 0))).Decision);
    }

    [Fact]
    public void Look_WithoutAControlGroup_SaysThatNothingIsComparedAndGoesByTheGates()
    {
        var state = new JudgeState(1);
        for (var i = 0; i < 300; i++) state.Add(new SessionOutcome { Arm = Arm.Treatment, StartupMs = 700, LongestStallMs = 9000, StallMs = 9000 });
        var verdict = Judge.WithoutControl(state, 1);
        Assert.Equal(
            (Decision.Promote, "Nothing is compared: the wave has 100.00 % of the eligible sessions, so there is no control group. The absolute gates and the four triggers alone watch it; every gate is passed after 300 sessions."),
            (verdict.Decision, verdict.Summary));
        Assert.Empty(verdict.Evidence);
        state.Add(new SessionOutcome { Arm = Arm.Treatment, RetriesExhausted = true, StartupFailed = true });
        for (var i = 0; i < 9; i++) state.Add(new SessionOutcome { Arm = Arm.Treatment, StartupFailed = true, StartupTimedOut = true });
        var slow = Judge.WithoutControl(state, 1);
        Assert.Equal(Decision.Hold, slow.Decision);
        Assert.Contains("1 of 5 gates are not passed", slow.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_AtRepeats_CountsAndDoesNotJudgeThem()
    {
        var state = new JudgeState(1);
        for (var i = 0; i < 500; i++) state.Add(new SessionOutcome { Arm = Arm.Treatment, CreateFailed = true, IsRepeat = true });
        Assert.Equal(500, state.Treatment.Repeats);
        Assert.Equal(Decision.Hold, Judge.Of(Half, state).Decision);
    }

    [Fact]
    public void Look_AtAnyCounts_MakesNumbersAndTheSameDecisionAsTheQuickQuestion()
    {
        var sizes = Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(0, 100_000), Gen.Constant(1_000_000_000));
        var cases = from treatment in sizes from control in sizes from a in Gen.Choose(0, 100) from b in Gen.Choose(0, 100) from share in Gen.Choose(1, 99) select (treatment, control, a, b, share);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var state = Counted(c.treatment, c.control, ((long)c.treatment * c.a / 100, (long)c.control * c.b / 100));
            var judge = new Judge(new JudgePlan { Share = c.share / 100.0 });
            var verdict = judge.Look(state);
            Assert.Equal(verdict.Decision == Decision.Revert, judge.IsReverting(state));
            Assert.All(verdict.Evidence, static e => Assert.True(double.IsFinite(e.LogEvidence) && double.IsFinite(e.LogLimit) && e.Progress is >= 0 and <= 1 && e.Control is null or >= 0, e.Text));
        }).Check(Dice.Config(500));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Judge_WithoutAConcurrentControl_IsRefused(double share) => Assert.Throws<ArgumentException>(() => new Judge(new JudgePlan { Share = share }));

    [Fact]
    public void Look_AtCountsOfAnotherWave_IsRefused() => Assert.Throws<ArgumentException>(() => Judge.Of(Half, new JudgeState(2)));

    private static MetricEvidence Of(Verdict verdict, string metric) => verdict.Evidence.Single(e => e.Metric == metric);

    /// <summary>Sessions with quick start-ups, so many of each arm with a stall of some seconds.</summary>
    private static JudgeState Counted(long treatment, long control, (long Treatment, long Control) stalled)
    {
        var state = new JudgeState(1);
        Fill(state.Treatment, treatment, stalled.Treatment);
        Fill(state.Control, control, stalled.Control);
        return state;

        static void Fill(ArmTally arm, long sessions, long stalled)
        {
            arm.Sessions = sessions;
            arm.SetHarmed(Harm.Stalled, stalled);
            arm.Startup.Add(StartupScale.BinOf(400), sessions - (sessions / 10));
            arm.Startup.Add(StartupScale.BinOf(900), sessions / 10);
            arm.StallRatio.Add(0, sessions - stalled);
            arm.StallRatio.Add(StallRatioScale.BinOf(0.01), stalled);
        }
    }
}
