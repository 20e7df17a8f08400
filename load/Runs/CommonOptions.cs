using System.CommandLine;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;

namespace Gateway.Load.Runs;

/// <summary>The switches of every verb that runs a test.</summary>
internal sealed class CommonOptions
{
    private readonly Option<Uri> _target = new("--target")
    {
        Description = "Where to go. Without it a gateway and an origin are started on this machine.",
        HelpName = "URL",
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.AbsolutePath == "/") return url;
            result.AddError($"'{text}' is no target. One looks like http://gateway:8080.");
            return null!;
        },
    };

    private readonly Option<int?> _gateways = new("--gateways") { Description = "2: two gateways behind HAProxy, in processes of their own, where the run starts the system.", HelpName = "N" };
    private readonly Option<string[]> _thresholds = new("--threshold") { Description = "One more limit, as 'startup.p95 <= 2500 ms'. May be given several times.", HelpName = "LIMIT" };
    private readonly Option<string[]> _knobs = new("--knob") { Description = "A knob of the gateways that the run starts, as 'Gateway:Prefetch:Segments=0'.", HelpName = "KEY=VALUE" };
    private readonly Option<FileInfo> _json = new("--json") { Description = "Everything, for load compare.", HelpName = "FILE" };
    private readonly Option<FileInfo> _html = new("--html") { Description = "One page with charts.", HelpName = "FILE" };
    private readonly Option<FileInfo> _markdown = new("--markdown") { Description = "For a pull request.", HelpName = "FILE" };
    private readonly Option<FileInfo> _csv = new("--csv") { Description = "A line a viewer.", HelpName = "FILE" };
    private readonly Option<FileInfo> _junit = new("--junit") { Description = "The limits as test cases, for CI.", HelpName = "FILE" };
    private readonly Option<int?> _metrics = new("--metrics-port") { Description = "Serves the tester's own /metrics there while it runs.", HelpName = "PORT" };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Shows the verdict only." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_target, _gateways, _thresholds, _knobs, _json, _html, _markdown, _csv, _junit, _metrics, _quiet]) command.Add(option);
    }

    /// <summary>Whether the system is somebody else's.</summary>
    public bool HasTarget(ParseResult parsed) => parsed.GetValue(_target) is not null;

    /// <exception cref="FormatException">A limit is none.</exception>
    public RunOptions Read(ParseResult parsed, LoadTest test, OriginKind origin) => new()
    {
        Test = test with
        {
            Gateways = parsed.GetValue(_gateways) ?? test.Gateways,
            Thresholds = [.. test.Thresholds, .. (parsed.GetValue(_thresholds) ?? []).Select(Threshold.Parse)],
        },
        Origin = origin,
        Target = parsed.GetValue(_target),
        Knobs = [.. (parsed.GetValue(_knobs) ?? []).Select(static k => k.StartsWith("--", StringComparison.Ordinal) ? k : $"--{k}")],
        Json = parsed.GetValue(_json),
        Html = parsed.GetValue(_html),
        Markdown = parsed.GetValue(_markdown),
        Csv = parsed.GetValue(_csv),
        JUnit = parsed.GetValue(_junit),
        MetricsPort = parsed.GetValue(_metrics),
        Quiet = parsed.GetValue(_quiet),
    };
}
