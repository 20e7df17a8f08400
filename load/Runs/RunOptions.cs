using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;

namespace Gateway.Load.Runs;

/// <summary>What a run was told on the command line besides its test.</summary>
internal sealed record RunOptions
{
    public required LoadTest Test { get; init; }

    /// <summary>What a system that the run starts itself plays.</summary>
    public OriginKind Origin { get; init; } = OriginKind.Synthetic;

    /// <summary>Where to go; null = start a system.</summary>
    public Uri? Target { get; init; }

    /// <summary>For the gateways of a system that the run starts, as on their command line.</summary>
    public IReadOnlyList<string> Knobs { get; init; } = [];

    public FileInfo? Json { get; init; }

    public FileInfo? Html { get; init; }

    public FileInfo? Markdown { get; init; }

    public FileInfo? Csv { get; init; }

    public FileInfo? JUnit { get; init; }

    /// <summary>Whether nothing but the verdict is shown.</summary>
    public bool Quiet { get; init; }

    /// <summary>Where the tester's own metrics can be scraped while it runs; null = nowhere.</summary>
    public int? MetricsPort { get; init; }
}
