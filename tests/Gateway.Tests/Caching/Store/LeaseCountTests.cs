using Gateway.Caching.Eviction;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Store;

public sealed class LeaseCountTests
{
    [Fact]
    public void TryAdd_AfterTheLastLease_IsRefused()
    {
        var leases = new LeaseCount();
        Assert.True(leases.GiveBack());
        Assert.False(leases.TryAdd());
        // Nor does a refused attempt count.
        Assert.False(leases.TryAdd());
    }

    [Fact]
    public void Release_LastLease_IsTrueOnce()
    {
        var leases = new LeaseCount();
        Assert.True(leases.TryAdd());
        Assert.False(leases.GiveBack());
        Assert.True(leases.TryAdd());
        Assert.False(leases.GiveBack());
        Assert.True(leases.GiveBack());
    }

    [Fact]
    public void IsShared_SeveralLeases_IsTrue()
    {
        var leases = new LeaseCount();
        Assert.False(leases.IsShared);
        leases.TryAdd();
        Assert.True(leases.IsShared);
        leases.GiveBack();
        Assert.False(leases.IsShared);
    }

    [Fact]
    public void Body_Freed_IsNeitherLeasedNorJoined()
    {
        var budget = new MemoryBudget(1 << 20, 0.8, 0.95);
        var body = new MediaBody(new BodyBlockPool(1 << 20), budget, TimeProvider.System, 1 << 16);
        Assert.True(body.TryLayKept(10, 10));
        body.Space(out _).Span[..10].Fill(7);
        body.Land(10);
        Assert.True(body.TryComplete());
        Assert.True(body.TryLease());
        body.Release();
        body.Release();
        Assert.Equal(0, budget.Used);
        Assert.False(body.TryLease());
        Assert.Null(body.TryJoin());
        Assert.Throws<InvalidOperationException>(body.AddLease);
    }

    [Fact]
    public void Body_GivenUp_IsNeitherCompletedNorGivenUpAgain()
    {
        var body = new MediaBody(new BodyBlockPool(1 << 20), new MemoryBudget(1 << 20, 0.8, 0.95), TimeProvider.System, 1 << 16);
        Assert.True(body.TryLayKept(10, 10));
        Assert.True(body.TryGiveUp(mostIsEnough: false));
        Assert.False(body.TryComplete());
        Assert.False(body.TryGiveUp(mostIsEnough: false));
        Assert.False(body.IsGrowing);
        Assert.Null(body.TryJoin());
    }
}
