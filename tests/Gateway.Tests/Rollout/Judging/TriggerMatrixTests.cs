using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class TriggerMatrixTests
{
    private static readonly TriggerWindow Good = new() { Creates = 1000, CreateFailures = 20, Handoffs = 1000, HandoffFailures = 10, Fetches = 1000, FetchFailures = 10, SessionsWithFetchFailures = 9, ActiveSessions = 1000, InterruptedSessions = 5, IsDeploying = true };

    [Fact]
    public void Look_AtItsLimits_NeverFires()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        for (var look = 0; look < 10; look++) Assert.Null(matrix.Look(Good));
    }

    [Fact]
    public void Look_AtSustainedCreateFailures_FiresAtTheThird()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var bad = Good with { CreateFailures = 21 };
        Assert.Null(matrix.Look(bad));
        Assert.Null(matrix.Look(bad));
        var fired = matrix.Look(bad);
        Assert.Equal(("sessionCreateFailures", 0.021, 0.02, false), (fired!.Trigger, fired.Value, fired.Limit, fired.OnlyActiveWave));
        Assert.Equal("2.10 % of sessions could not be made (21 of 1000 in the window; limit 2.00 %).", fired.Text);
    }

    [Fact]
    public void Look_AtTwoBadWindowsAndAGoodOne_StartsAgain()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var bad = Good with { HandoffFailures = 50 };
        Assert.All((TriggerWindow[])[bad, bad, Good, bad, bad], w => Assert.Null(matrix.Look(w)));
        Assert.Equal("handoffRecoveryFailures", matrix.Look(bad)?.Trigger);
    }

    [Fact]
    public void Look_AtFortyNineEvents_JudgesNothing()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var few = new TriggerWindow { Creates = 49, CreateFailures = 49, Handoffs = 49, HandoffFailures = 49, Fetches = 49, FetchFailures = 49, SessionsWithFetchFailures = 49, ActiveSessions = 49, InterruptedSessions = 49, IsDeploying = true };
        for (var look = 0; look < 10; look++) Assert.Null(matrix.Look(few));
    }

    [Fact]
    public void Look_WithABaseline_AsksForTwiceOfIt()
    {
        var matrix = new TriggerMatrix(new TriggerLimits { CreateFailureBaseline = 0.03, HandoffFailureBaseline = 0.03, SustainedLooks = 1 });
        Assert.Null(matrix.Look(Good with { CreateFailures = 60, HandoffFailures = 45 }));
        Assert.Equal("sessionCreateFailures", matrix.Look(Good with { CreateFailures = 61 })?.Trigger);
        Assert.Equal("handoffRecoveryFailures", matrix.Look(Good with { HandoffFailures = 46 })?.Trigger);
    }

    [Fact]
    public void Look_AtFailedFetchesOfFiveSessions_FiresAtOnce()
    {
        var bad = Good with { FetchFailures = 11 };
        Assert.Null(new TriggerMatrix(new TriggerLimits()).Look(bad with { SessionsWithFetchFailures = 4 }));
        Assert.Equal("segmentManifestInstability", new TriggerMatrix(new TriggerLimits()).Look(bad with { SessionsWithFetchFailures = 5 })?.Trigger);
    }

    [Fact]
    public void Look_AtInterruptionsInADeploy_TurnsOnlyTheActiveWaveBack()
    {
        var bad = Good with { InterruptedSessions = 6 };
        Assert.Null(new TriggerMatrix(new TriggerLimits()).Look(bad with { IsDeploying = false }));
        Assert.True(new TriggerMatrix(new TriggerLimits()).Look(bad) is { Trigger: "deploymentDisruption", OnlyActiveWave: true });
    }
}
