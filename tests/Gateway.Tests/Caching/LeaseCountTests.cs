using Gateway.Caching;

namespace Gateway.Tests.Caching;

public sealed class LeaseCountTests
{
    /// <summary>What was given up by all is freed: a lease that rose from zero would read bytes of something else.</summary>
    [Fact]
    public void GivenBackByAll_NeverRisesAgain()
    {
        var leases = new LeaseCount();
        Assert.True(leases.GiveBack());
        Assert.False(leases.TryAdd());
        Assert.False(leases.IsShared);
    }

    [Fact]
    public void Shared_UntilTheLastButOneIsBack()
    {
        var leases = new LeaseCount();
        Assert.False(leases.IsShared);
        Assert.True(leases.TryAdd());
        Assert.True(leases.TryAdd());
        Assert.True(leases.IsShared);
        Assert.False(leases.GiveBack());
        Assert.True(leases.IsShared);
        Assert.False(leases.GiveBack());
        Assert.False(leases.IsShared);
        Assert.True(leases.GiveBack());
    }
}
