using System.Collections.Immutable;

namespace Gateway.Load.Scenarios;

/// <summary>Everything that is wanted of a run: scenarios side by side, what happens to the system meanwhile, and the limits it is judged by.</summary>
internal sealed record LoadTest
{
    public required string Name { get; init; }

    /// <summary>One sentence for the report's head.</summary>
    public string Description { get; init; } = "";

    public required ImmutableArray<Scenario> Scenarios { get; init; }

    public ImmutableArray<Disturbance> Disturbances { get; init; } = [];

    public ImmutableArray<Threshold> Thresholds { get; init; } = [];

    /// <summary>Draws everything that is random; the same seed is the same plan.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gateways behind a balancer where the run starts the system itself; 1 = in process, without one.</summary>
    public int Gateways { get; init; } = 1;

    /// <summary>What those gateways stand in.</summary>
    public Surroundings Surroundings { get; init; } = new();

    /// <summary>
    /// Whether limits that were kept count although the tester was late itself. Where all limits are on what may go wrong at most, lateness of the tester makes nothing look better than it is.
    /// </summary>
    public bool IsHarderWhenLate { get; init; }

    /// <summary>What is left to players that started last to get their first picture before the run ends.</summary>
    public TimeSpan Tail { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the first arrival to the end of the run. Copies of constant phases end with their phases and need no tail.</summary>
    public TimeSpan Duration => Scenarios.Max(s => s.Duration + (s.LoadSimulations.Any(static p => p.IsInjecting) ? Tail : TimeSpan.Zero));
}
