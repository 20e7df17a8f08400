namespace Gateway.Load.Pacing;

/// <summary>
/// Numbers from a seed, the same on every machine and in every version of .NET, which <see cref="Random"/> does not promise: a plan is repeated from its seed
/// alone. SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Numbers for one purpose of one player, independent of how many others have drawn.</summary>
    public static SeededRandom For(ulong seed, long index, string purpose)
    {
        var mixed = seed;
        foreach (var letter in purpose) mixed = Mix(mixed ^ letter);
        return new SeededRandom(Mix(mixed ^ (ulong)index));
    }

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>A number from <paramref name="from"/> to below <paramref name="below"/>.</summary>
    public int Next(int from, int below) => from + (int)((UInt128)Next() * (ulong)(below - from) >> 64);

    /// <summary>From 0 to below 1, in steps of 2⁻⁵³.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Waiting times between events that happen independently of each other.</summary>
    public double NextExponential(double mean) => -mean * Math.Log(1 - NextDouble());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
