namespace Gateway.Testing;

/// <summary>
/// Measures what objects hold on the heap: the median of several rounds. The heap is the whole process's. What tests before left running, and pools that are emptied when the machine
/// finds the time, change it meanwhile; but not in most of the rounds.
/// </summary>
public static class HeapGrowth
{
    private const int Rounds = 3;

    /// <summary>Bytes of all that lives.</summary>
    public static long Living => GC.GetTotalMemory(forceFullCollection: true);

    /// <param name="round">Makes the objects once more, and returns by how much <see cref="Living"/> has grown.</param>
    public static long Median(Func<long> round)
    {
        var grown = new long[Rounds];
        for (var i = 0; i < Rounds; i++) grown[i] = round();
        return MiddleOf(grown);
    }

    /// <inheritdoc cref="Median"/>
    public static async Task<long> MedianAsync(Func<Task<long>> round)
    {
        var grown = new long[Rounds];
        for (var i = 0; i < Rounds; i++) grown[i] = await round();
        return MiddleOf(grown);
    }

    private static long MiddleOf(long[] grown)
    {
        Array.Sort(grown);
        return grown[Rounds / 2];
    }
}
