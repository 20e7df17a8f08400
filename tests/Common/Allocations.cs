namespace Gateway.Testing;

/// <summary>
/// Measures what a piece of work allocates once it is warm: the least of several rounds. A garbage collection at the wrong moment empties the shared array pools, and a method
/// compiled anew runs its static parts again; neither belongs to the work, and neither falls into every round.
/// </summary>
public static class Allocations
{
    private const int Rounds = 10;

    /// <summary>Bytes that the calling thread allocates for one round. The work must not leave the thread.</summary>
    public static long Least(Action work)
    {
        work();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
