namespace Gateway.Benchmarks.Peers;

/// <summary>How much is measured: for the page, or to try whether it works.</summary>
/// <param name="Rounds">In each, every peer has one turn.</param>
/// <param name="Turn">Of one peer, with one object.</param>
/// <param name="Settling">Of the gateway before the first object, with all objects in turn: what runs often is compiled twice while it serves, and the first rows would tell of that.</param>
/// <param name="Warmup">Of each peer with one object before that object's first round.</param>
/// <param name="Misses">Requests for objects that nobody has asked for yet.</param>
/// <param name="Starts">Starts of a gateway, with the warm-up and without.</param>
internal sealed record BenchLength(int Rounds, TimeSpan Turn, TimeSpan Settling, TimeSpan Warmup, int Misses, int Starts)
{
    public static readonly BenchLength Page = new(7, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(3), 1000, 2);

    public static readonly BenchLength Short = new(3, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1), 100, 1);
}
