namespace Gateway.Admin;

/// <summary>One configured destination as operators see it: a row of <c>GET /admin/origins</c>.</summary>
internal sealed record DestinationSnapshot
{
    public required string Cluster { get; init; }

    public required string Destination { get; init; }

    public required string Address { get; init; }

    /// <summary>Verdict of active health checks: <c>healthy</c>, <c>unhealthy</c>, <c>unknown</c>.</summary>
    public required string Active { get; init; }

    /// <summary>Verdict of passive health checks.</summary>
    public required string Passive { get; init; }

    public required bool CircuitOpen { get; init; }

    /// <summary>Requests under way.</summary>
    public required int InFlight { get; init; }
}
