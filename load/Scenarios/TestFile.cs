using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios;

/// <summary>
/// A test as a JSON file: what <see cref="LoadTest"/> is in code, with durations as people type them. A field that is not known is an error and not a limit that nobody
/// keeps. Comments and trailing commas are allowed.
/// </summary>
internal sealed record TestFile
{
    private const long LargestFile = 1 << 20;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public int Seed { get; init; } = 1;

    /// <summary>How many gateways a system has that the run starts itself.</summary>
    public int Gateways { get; init; } = 1;

    public required ImmutableArray<ScenarioPart> Scenarios { get; init; }

    public ImmutableArray<string> Thresholds { get; init; } = [];

    public ImmutableArray<DisturbancePart> Disturbances { get; init; } = [];

    /// <exception cref="FormatException">The file is no test; the message says where.</exception>
    public static async Task<LoadTest> ReadAsync(FileInfo file, CancellationToken stop)
    {
        if (file.Exists && file.Length > LargestFile) throw new FormatException($"{file}: larger than any test.");
        await using var stream = file.OpenRead();
        try
        {
            var test = await JsonSerializer.DeserializeAsync<TestFile>(stream, s_options, stop) ?? throw new FormatException("it is null");
            return test.Made();
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or FormatException)
        {
            throw new FormatException($"{file}: {wrong.Message}", wrong);
        }
    }

    private LoadTest Made()
    {
        if (Scenarios.IsDefaultOrEmpty) throw new FormatException("'scenarios' is empty.");
        if (Scenarios.Select(static s => s.Name).Distinct(StringComparer.Ordinal).Count() < Scenarios.Length) throw new FormatException("Two scenarios have the same name.");
        if (Gateways is < 1 or > 8) throw new FormatException($"'gateways' is {Gateways}; 1 to 8 are allowed.");
        return new LoadTest
        {
            Name = Name,
            Description = Description,
            Seed = Seed,
            Gateways = Gateways,
            Scenarios = [.. Scenarios.Select(static s => s.Made())],
            Thresholds = [.. Thresholds.Select(Threshold.Parse)],
            Disturbances = [.. Disturbances.Select(static d => new Disturbance(DurationOf(d.At), d.Kind, d.Gateway))],
        };
    }

    private static TimeSpan DurationOf(string text) =>
        DurationText.TryParse(text, out var duration) ? duration : throw new FormatException($"'{text}' is no duration. One looks like '90s', '10m' or '00:01:30'.");

    /// <summary>One scenario of the file: an audience, and the load.</summary>
    internal sealed record ScenarioPart
    {
        public required string Name { get; init; }

        public required Audience Audience { get; init; }

        public required ImmutableArray<SimulationPart> LoadSimulations { get; init; }

        public Scenario Made()
        {
            if (Audience.Titles.IsDefaultOrEmpty) throw new FormatException($"Scenario '{Name}' has no titles.");
            if (LoadSimulations.IsDefaultOrEmpty) throw new FormatException($"Scenario '{Name}' has no loadSimulations.");
            return Scenario.Create(Name, Audience).WithLoadSimulations([.. LoadSimulations.Select(static s => s.Made())]);
        }
    }

    /// <summary>One phase of the file; which fields it needs follows from its kind, as in NBomber.</summary>
    internal sealed record SimulationPart
    {
        public required LoadSimulationKind Kind { get; init; }

        public required string During { get; init; }

        /// <summary>Of constant phases.</summary>
        public int? Copies { get; init; }

        /// <summary>Of <c>inject</c> and <c>rampingInject</c>.</summary>
        public double? Rate { get; init; }

        /// <summary>Of <c>injectRandom</c>.</summary>
        public int? MinRate { get; init; }

        /// <summary>Of <c>injectRandom</c>.</summary>
        public int? MaxRate { get; init; }

        /// <summary>To which rates refer.</summary>
        public string Interval { get; init; } = "1s";

        public LoadSimulation Made()
        {
            var (during, interval) = (DurationOf(During), DurationOf(Interval));
            return Kind switch
            {
                LoadSimulationKind.RampingConstant => LoadSimulation.RampingConstant(Needed(Copies, "copies"), during),
                LoadSimulationKind.KeepConstant => LoadSimulation.KeepConstant(Needed(Copies, "copies"), during),
                LoadSimulationKind.RampingInject => LoadSimulation.RampingInject(Needed(Rate, "rate"), interval, during),
                LoadSimulationKind.Inject => LoadSimulation.Inject(Needed(Rate, "rate"), interval, during),
                LoadSimulationKind.InjectRandom => LoadSimulation.InjectRandom(Needed(MinRate, "minRate"), Needed(MaxRate, "maxRate"), interval, during),
                _ => LoadSimulation.Pause(during),
            };
        }

        private T Needed<T>(T? value, string name)
            where T : struct => value ?? throw new FormatException($"A phase of kind {Kind} needs '{name}'.");
    }

    /// <summary>One disturbance of the file.</summary>
    internal sealed record DisturbancePart
    {
        public required string At { get; init; }

        public required DisturbanceKind Kind { get; init; }

        public int Gateway { get; init; }
    }
}
