using System.Collections.Immutable;
using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios;

/// <summary>
/// One kind of load in a test, in NBomber's words: a name, what each copy does, and simulations that say how many there are when. A copy is either a viewer drawn from
/// an <see cref="Scenarios.Audience"/>, or code made of steps.
/// </summary>
internal sealed record Scenario
{
    private Scenario(string name) => Name = name;

    public string Name { get; }

    /// <summary>Null for one made of steps.</summary>
    public Audience? Audience { get; private init; }

    /// <summary>Null for one of viewers. Called once for each copy; a copy of a constant phase that ends is followed by the next.</summary>
    public Func<ScenarioContext, Task>? Body { get; private init; }

    public ImmutableArray<LoadSimulation> LoadSimulations { get; private init; } = [];

    /// <summary>How long the phases take together.</summary>
    public TimeSpan Duration => LoadSimulations.Aggregate(TimeSpan.Zero, static (sum, phase) => sum + phase.During);

    /// <summary>A scenario of virtual viewers.</summary>
    public static Scenario Create(string name, Audience audience) => new(Checked(name)) { Audience = audience };

    /// <summary>A scenario of steps.</summary>
    public static Scenario Create(string name, Func<ScenarioContext, Task> body) => new(Checked(name)) { Body = body };

    public Scenario WithLoadSimulations(params ImmutableArray<LoadSimulation> simulations) => this with { LoadSimulations = simulations };

    // The name is part of figure names and file columns.
    private static string Checked(string name) => name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? name
        : throw new ArgumentException($"'{name}' is no name for a scenario: 1 to 64 letters, digits, '-' and '_'.", nameof(name));
}
