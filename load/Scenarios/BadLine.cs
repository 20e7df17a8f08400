namespace Gateway.Load.Scenarios;

/// <summary>A line that loses packets, far away.</summary>
/// <param name="RoundTrip">Of a packet and its answer.</param>
/// <param name="Loss">Share of packets that are lost, in each direction.</param>
internal sealed record BadLine(TimeSpan RoundTrip, double Loss);
