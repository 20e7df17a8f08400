using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Counts a request into the number that LeastRequests and PowerOfTwoChoices compare. YARP's counter is atomic but internal; its public
/// setter is a plain write, and a read-add-write beside YARP's own forwarding would lose counts for ever. So the counter itself is used.
/// </summary>
internal static class InFlight
{
    private const string Counter = "Yarp.ReverseProxy.Utilities.AtomicCounter, Yarp.ReverseProxy";

    public static void Enter(DestinationState destination) => Increment(CounterOf(destination));

    public static void Leave(DestinationState destination) => Decrement(CounterOf(destination));

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ConcurrencyCounter")]
    [return: UnsafeAccessorType(Counter)]
    private static extern object CounterOf(DestinationState destination);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern int Increment([UnsafeAccessorType(Counter)] object counter);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern int Decrement([UnsafeAccessorType(Counter)] object counter);
}
