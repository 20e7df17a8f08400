using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class StartupGatesTests
{
    [Fact]
    public void Judge_AtItsLimits_Passes() => Assert.Empty(Failed(Started(200, 1200, timedOut: 4, exhausted: 2)));

    [Theory]
    [InlineData(199, 1000, 0, 0, "samples")]
    [InlineData(200, 1000, 5, 0, "timeouts")]
    [InlineData(200, 1000, 0, 3, "retryExhaustion")]
    [InlineData(200, 1300, 0, 0, "startupP50")]
    public void Judge_OneStepOver_Fails(int samples, double milliseconds, int timedOut, int exhausted, string gate) =>
        Assert.Equal([gate], Failed(Started(samples, milliseconds, timedOut, exhausted)));

    [Theory]
    [InlineData(2500, new string[0])]
    [InlineData(2650, new[] { "startupP95" })]
    public void Judge_OfASlowTwentieth_AsksForItsLimit(double slowest, string[] failed)
    {
        var arm = Started(189, 500, 0, 0);
        for (var i = 0; i < 11; i++) arm.Add(new SessionOutcome { Arm = Arm.Treatment, StartupMs = slowest });
        Assert.Equal(failed, Failed(arm));
    }

    [Fact]
    public void Judge_OfStartupsWithoutTime_PassesNoTime() => Assert.Equal(["timeouts", "startupP95", "startupP50"], Failed(Started(0, 0, timedOut: 300, exhausted: 0)));

    [Fact]
    public void Judge_OfNothing_PassesNothing() => Assert.Equal(5, Failed(new ArmTally()).Length);

    private static string[] Failed(ArmTally arm) => [.. new StartupGates().Judge(arm).Where(static g => !g.HasPassed).Select(static g => g.Name)];

    private static ArmTally Started(int samples, double milliseconds, int timedOut, int exhausted)
    {
        var arm = new ArmTally();
        for (var i = 0; i < samples - timedOut - exhausted; i++) arm.Add(new SessionOutcome { Arm = Arm.Treatment, StartupMs = milliseconds });
        for (var i = 0; i < timedOut; i++) arm.Add(new SessionOutcome { Arm = Arm.Treatment, StartupTimedOut = true });
        for (var i = 0; i < exhausted; i++) arm.Add(new SessionOutcome { Arm = Arm.Treatment, RetriesExhausted = true });
        return arm;
    }
}
