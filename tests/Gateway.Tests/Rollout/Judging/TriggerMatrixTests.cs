using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class TriggerMatrixTests
{
    private static readonly ulong[] s_five = [1, 2, 3, 4, 5];

    private static readonly TriggerWindow s_good = Of(s_five) with { Creates = 1000, CreateFailures = 20, Handoffs = 1000, HandoffFailures = 10, Fetches = 1000, FetchFailures = 10, ActiveSessions = 1000, InterruptedSessions = 5, IsDeploying = true };

    [Fact]
    public void Look_AtItsLimits_NeverFires()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        for (var look = 0; look < 10; look++) Assert.Null(matrix.Look(s_good));
    }

    [Fact]
    public void Look_AtSustainedCreateFailures_FiresAtTheThird()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var bad = s_good with { CreateFailures = 21 };
        Assert.Null(matrix.Look(bad));
        Assert.Null(matrix.Look(bad));
        var fired = matrix.Look(bad);
        Assert.Equal(("sessionCreateFailures", 0.021, 0.02, false), (fired!.Trigger, fired.Value, fired.Limit, fired.OnlyActiveWave));
        Assert.Equal("2.10 % of sessions could not be made (21 of 1000 in the window; limit 2.00 %).", fired.Text);
    }

    [Fact]
    public void Look_AtTwoBadWindowsAndAs_goodOne_StartsAgain()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var bad = s_good with { HandoffFailures = 50 };
        Assert.All((TriggerWindow[])[bad, bad, s_good, bad, bad], w => Assert.Null(matrix.Look(w)));
        Assert.Equal("handoffRecoveryFailures", matrix.Look(bad)?.Trigger);
    }

    [Fact]
    public void Look_AtFortyNineEvents_JudgesNothing()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var few = Of(s_five) with { Creates = 49, CreateFailures = 49, Handoffs = 49, HandoffFailures = 49, Fetches = 49, FetchFailures = 49, ActiveSessions = 49, InterruptedSessions = 49, IsDeploying = true };
        for (var look = 0; look < 10; look++) Assert.Null(matrix.Look(few));
    }

    [Fact]
    public void Look_WithABaseline_AsksForTwiceOfIt()
    {
        var matrix = new TriggerMatrix(new TriggerLimits { CreateFailureBaseline = 0.03, HandoffFailureBaseline = 0.03, SustainedLooks = 1 });
        Assert.Null(matrix.Look(s_good with { CreateFailures = 60, HandoffFailures = 45 }));
        Assert.Equal("sessionCreateFailures", matrix.Look(s_good with { CreateFailures = 61 })?.Trigger);
        Assert.Equal("handoffRecoveryFailures", matrix.Look(s_good with { HandoffFailures = 46 })?.Trigger);
    }

    [Fact]
    public void Look_AtFailedFetchesOfFiveViewers_FiresAtOnce()
    {
        var bad = s_good with { FetchFailures = 11 };
        Assert.Equal("segmentManifestInstability", new TriggerMatrix(new TriggerLimits()).Look(bad)?.Trigger);
    }

    [Fact]
    public void Look_AtFailuresOfFourViewers_NeverFires()
    {
        var matrix = new TriggerMatrix(new TriggerLimits());
        var four = Of([1, 2, 3, 4]) with { Creates = 1000, CreateFailures = 900, Handoffs = 1000, HandoffFailures = 900, Fetches = 1000, FetchFailures = 900, ActiveSessions = 1000, InterruptedSessions = 900, IsDeploying = true };
        for (var look = 0; look < 10; look++) Assert.Null(matrix.Look(four));
    }

    /// <summary>One who goes to every gateway is still one.</summary>
    [Fact]
    public void Windows_OfTwoGateways_CountAViewerOnce()
    {
        var sum = Of([1, 2, 3]).Plus(Of([2, 3, 4]) with { Creates = 7 });
        Assert.Equal(7, sum.Creates);
        Assert.Equal<ulong>([1, 2, 3, 4], sum.CreateFailureViewers);
        Assert.Equal(TriggerWindow.MostViewers, Of([.. Enumerable.Range(0, 60).Select(i => (ulong)i)]).Plus(Of([.. Enumerable.Range(50, 60).Select(i => (ulong)i)])).FetchFailureViewers.Count);
    }

    [Fact]
    public void Look_AtInterruptionsInADeploy_TurnsOnlyTheActiveWaveBack()
    {
        var bad = s_good with { InterruptedSessions = 6 };
        Assert.Null(new TriggerMatrix(new TriggerLimits()).Look(bad with { IsDeploying = false }));
        Assert.True(new TriggerMatrix(new TriggerLimits()).Look(bad) is { Trigger: "deploymentDisruption", OnlyActiveWave: true });
    }

    private static TriggerWindow Of(ulong[] viewers) => new() { CreateFailureViewers = viewers, HandoffFailureViewers = viewers, FetchFailureViewers = viewers, InterruptedViewers = viewers };
}
