namespace Gateway.Load.Scenarios;

/// <summary>What gateways that a run starts stand in, besides their origin and their balancer.</summary>
internal sealed record Surroundings
{
    /// <summary>Whether three gateways or more fetch from each other.</summary>
    public bool ArePeers { get; init; } = true;

    /// <summary>Whether they share a PostgreSQL, which the run starts.</summary>
    public bool HasDatabase { get; init; }

    /// <summary>Bytes of memory that the kernel grants each of them; 0 = as many as there are.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Size of the file system that each has for its disk tier; 0 = no such tier.</summary>
    public long DiskBytes { get; init; }

    /// <summary>By how much the clock of the second gateway is ahead.</summary>
    public TimeSpan SecondClockAhead { get; init; }

    /// <summary>The line between the viewers and the balancer; null for the machine's own loopback.</summary>
    public BadLine? Line { get; init; }
}
