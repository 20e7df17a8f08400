using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Counts a request into the number that LeastRequests and PowerOfTwoChoices compare. YARP's counter is atomic but internal; its public
/// setter is a plain write, and a read-add-write beside YARP's own forwarding would lose counts for ever. So the counter itself is used: the one place that uses
/// YARP's internals, which <see cref="Check"/> tests at the start, so that an incompatible version of YARP fails then and not at the first request.
/// </summary>
internal static class InFlight
{
    private const string Other = "This version of YARP does not count the requests of a destination in the way that the gateway knows: use the version that it was built with.";

    private const string Counter = "Yarp.ReverseProxy.Utilities.AtomicCounter, Yarp.ReverseProxy";

    public static void Enter(DestinationState destination) => Increment(CounterOf(destination));

    public static void Leave(DestinationState destination) => Decrement(CounterOf(destination));

    /// <exception cref="InvalidOperationException">This version of YARP counts its requests in another way.</exception>
    public static void Check()
    {
        var destination = new DestinationState("check");
        try
        {
            Enter(destination);
            var during = destination.ConcurrentRequestCount;
            Leave(destination);
            if (during == 1 && destination.ConcurrentRequestCount == 0) return;
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException or InvalidCastException)
        {
            throw new InvalidOperationException(Other, e);
        }

        throw new InvalidOperationException(Other);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ConcurrencyCounter")]
    [return: UnsafeAccessorType(Counter)]
    private static extern object CounterOf(DestinationState destination);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern int Increment([UnsafeAccessorType(Counter)] object counter);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern int Decrement([UnsafeAccessorType(Counter)] object counter);
}
