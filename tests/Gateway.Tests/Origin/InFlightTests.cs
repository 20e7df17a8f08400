using Gateway.Origin;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Origin;

public sealed class InFlightTests
{
    [Fact]
    public void Check_ThisYarp_IsAccepted() => InFlight.Check();

    [Fact]
    public void Requests_InFlight_AreCountedInYarpsOwnCounter()
    {
        var destination = new DestinationState("a");
        Parallel.For(0, 1000, _ => InFlight.Enter(destination));
        Assert.Equal(1000, destination.ConcurrentRequestCount);
        Parallel.For(0, 999, _ => InFlight.Leave(destination));
        Assert.Equal(1, destination.ConcurrentRequestCount);
    }
}
