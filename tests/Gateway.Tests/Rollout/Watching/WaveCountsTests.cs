using Gateway.Rollout;
using Gateway.Rollout.Judging;
using Gateway.Rollout.Watching;

namespace Gateway.Tests.Rollout.Watching;

public sealed class WaveCountsTests : RolloutFixture
{
    private static readonly SessionOutcome s_outcome = new() { Arm = Arm.Treatment, LongestStallMs = 900 };

    [Fact]
    public void Sessions_OfOneUser_CountOnce()
    {
        var counts = new WaveCounts(New());
        for (var i = 0; i < 1000; i++) counts.Add(counts.Enter(1, new RolloutViewer(7, true)), s_outcome);
        Assert.Equal((1, 999, 1), Of(counts));
    }

    [Fact]
    public void Sessions_OfOneNetworkWithoutNames_CountUpToItsShare()
    {
        var counts = new WaveCounts(New(null, new RolloutOptions { SessionsPerNetwork = 3 }));
        for (var i = 0; i < 1000; i++) counts.Add(counts.Enter(1, new RolloutViewer(7, false)), s_outcome);
        counts.Add(counts.Enter(1, new RolloutViewer(8, false)), s_outcome);
        Assert.Equal((4, 997, 4), Of(counts));
    }

    /// <summary>Else what fails at once would take the places of what ends late.</summary>
    [Fact]
    public void Places_AreTakenAtTheBeginning_NotByWhoeverEndsFirst()
    {
        var counts = new WaveCounts(New());
        var first = counts.Enter(1, new RolloutViewer(7, true));
        var second = counts.Enter(1, new RolloutViewer(7, true));
        counts.Add(second, s_outcome);
        Assert.Equal((0, 1, 0), Of(counts));
        counts.Add(first, s_outcome with { LongestStallMs = 0 });
        Assert.Equal((1, 1, 0), Of(counts));
    }

    [Fact]
    public void Outcomes_WithASharedStore_WaitForItAndThenCountOnceAmongGateways()
    {
        var (a, b) = (new WaveCounts(New(), isShared: true), new WaveCounts(New(), isShared: true));
        var claimed = new HashSet<ulong>();
        foreach (var node in (WaveCounts[])[a, b])
        {
            for (var i = 0; i < 10; i++) node.Add(node.Enter(1, new RolloutViewer(7, false)), s_outcome);
            node.Add(node.Enter(1, new RolloutViewer(9, true)), s_outcome);
            var (wave, waiting) = node.TakeWaiting();
            Assert.Equal((1, 4), (wave, waiting.Count));
            node.Settle(wave, waiting, [.. waiting.Select(w => w.Name).Where(claimed.Add)]);
            Assert.Empty(node.TakeWaiting().Outcomes);
        }

        Assert.Equal((4, 7, 4), Of(a));
        Assert.Equal((0, 11, 0), Of(b));
    }

    [Fact]
    public void Outcomes_WithTheStoreAway_CountByWhatThisGatewayKnows()
    {
        var counts = new WaveCounts(New(), isShared: true);
        for (var i = 0; i < 2; i++) counts.Add(counts.Enter(1, new RolloutViewer(9, true)), s_outcome);
        var (wave, waiting) = counts.TakeWaiting();
        counts.Settle(wave, waiting, null);
        Assert.Equal((1, 1, 1), Of(counts));
    }

    [Fact]
    public void Outcome_OfAWaveThatIsOver_IsDropped()
    {
        var counts = new WaveCounts(New());
        counts.Add(counts.Enter(2, new RolloutViewer(9, true)), s_outcome);
        Assert.Equal((0, 0, 0), Of(counts));
    }

    private static (long Sessions, long Repeats, long Stalled) Of(WaveCounts counts)
    {
        var arm = counts.Snapshot().Treatment;
        return (arm.Sessions, arm.Repeats, arm.Harmed(Harm.Stalled));
    }
}
