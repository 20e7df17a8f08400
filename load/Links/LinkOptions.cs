namespace Gateway.Load.Links;

/// <summary>What a link is like besides its rate.</summary>
internal sealed record LinkOptions
{
    /// <summary>Rate over time.</summary>
    public required RateTrace Trace { get; init; }

    /// <summary>Where in the trace the run begins.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>From a request to the first byte of an answer that takes no time, with nothing else on the link.</summary>
    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Round trips that a new connection costs before its request: 1 for TCP, 2 with TLS 1.3.</summary>
    public int ConnectRoundTrips { get; init; } = 1;

    /// <summary>
    /// Bytes that stand in front of the bottleneck. What other transfers have there delays the first byte of a new one, and what is there when a transfer is given up
    /// comes through all the same. 0 = none.
    /// </summary>
    public long QueueBytes { get; init; }

    /// <summary>
    /// Share of packets lost, 0 to 0.5. Loss comes as delay, as it does for those who sit on top of TCP: a transfer waits a round trip for each loss (fast retransmission), and
    /// a lost request or head waits for the retransmission timer.
    /// </summary>
    public double Loss { get; init; }

    /// <summary>Seed of what is lost.</summary>
    public int Seed { get; init; }
}
