using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.Tests.Telemetry;

/// <summary>The dashboards as files: whole as far as that can be seen without Grafana, and in step with the code.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] KnownPanels = ["row", "timeseries", "stat", "gauge", "bargauge", "heatmap", "table", "text"];

    /// <summary>Grafana's own ids of units that are used here.</summary>
    private static readonly string[] KnownUnits = ["short", "s", "bytes", "Bps", "reqps", "ops", "percentunit", "Kbits", "none"];

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f))];

    private static string Folder => Path.Combine(Repository.Root, "grafana", "dashboards");

    [Fact]
    public void Folder_OfDashboards_HasAllOfThem() => Assert.Subset(
        new HashSet<string>(Files.Select(row => row.Data), StringComparer.Ordinal),
        new HashSet<string>(
            [
                "overview.json", "viewers.json", "delivery.json", "cache.json", "disk.json", "origin.json", "repairs.json", "sessions.json", "adaptation.json", "rollout.json", "live.json", "runtime.json", "server.json",
                "runbook.json",
            ],
            StringComparer.Ordinal));

    /// <summary>What does not fit on a page is not looked at in the night.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboard_WithQueries_HasAtMostTwelvePanels(string file) => Assert.InRange(Queried(Read(file)).Length, 0, 12);

    /// <summary>Two fleets in one Prometheus are looked at apart: a query that forgets the variable mixes them.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Queries_OfPanels_AskForTheChosenFleet(string file)
    {
        foreach (var query in Queries(Read(file)))
        {
            foreach (Match series in Selected().Matches(query))
            {
                var isJoined = series.Groups["name"].Value == "gateway_build_info" && series.Groups["labels"].Length == 0;
                Assert.True(isJoined || series.Groups["labels"].Value.Contains("job=~\"$job", StringComparison.Ordinal), $"{series.Value} in {query}");
            }
        }
    }

    [Fact]
    public void Uids_OfAllDashboards_AreUnique()
    {
        var uids = Files.Select(row => Read(row.Data).GetProperty("uid").GetString()).ToArray();
        Assert.Equal(uids.Length, uids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(uids, uid => Assert.Matches("^[a-z0-9-]{1,40}$", uid));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboard_Structure_IsWhole(string file)
    {
        var dashboard = Read(file);
        var panels = Panels(dashboard);

        Assert.NotEmpty(panels);
        Assert.NotEqual("", dashboard.GetProperty("title").GetString());
        Assert.True(dashboard.GetProperty("schemaVersion").GetInt32() >= 30);
        Assert.Equal(panels.Length, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.Contains(panel.GetProperty("type").GetString(), KnownPanels));
        AssertNoOverlap(panels);
        // Commands in a text may name an example; nothing that Grafana follows may name a host.
        Assert.All(panels.Where(p => p.GetProperty("type").GetString() != "text"), panel => Assert.DoesNotContain("://", panel.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("://", dashboard.GetProperty("links").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_ThatQuery_SayWhatTheyShowAndInWhichUnit(string file)
    {
        foreach (var panel in Queried(Read(file)))
        {
            var title = panel.GetProperty("title").GetString()!;
            Assert.True(panel.GetProperty("description").GetString()!.Length > 10, $"{title} has no description");
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.All(panel.GetProperty("targets").EnumerateArray(), t => Assert.Equal("${datasource}", t.GetProperty("datasource").GetProperty("uid").GetString()));
            var defaults = panel.GetProperty("fieldConfig").GetProperty("defaults");
            Assert.Contains(defaults.GetProperty("unit").GetString(), KnownUnits);
            Assert.NotEqual(0, defaults.GetProperty("thresholds").GetProperty("steps").GetArrayLength());
            var link = Assert.Single(panel.GetProperty("links").EnumerateArray());
            Assert.StartsWith("/d/gateway-runbook", link.GetProperty("url").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboard_WithQueries_HasVariablesAndDeployMarkers(string file)
    {
        var dashboard = Read(file);
        if (Queried(dashboard).Length == 0) return;
        var variables = dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().ToArray();
        Assert.Contains(variables, v => v.GetProperty("name").GetString() == "datasource" && v.GetProperty("type").GetString() == "datasource");
        Assert.Contains(variables, v => v.GetProperty("name").GetString() == "job");
        Assert.Contains(variables, v => v.GetProperty("name").GetString() == "instance");
        Assert.Contains("gateway_start_time_seconds", dashboard.GetProperty("annotations").ToString(), StringComparison.Ordinal);

        var defined = variables.Select(v => v.GetProperty("name").GetString()!).ToHashSet(StringComparer.Ordinal);
        foreach (var query in Queries(dashboard))
        {
            foreach (Match used in Variable().Matches(query))
                Assert.True(defined.Contains(used.Groups["name"].Value) || used.Groups["name"].Value.StartsWith("__", StringComparison.Ordinal), $"{used.Value} in {query}");
        }
    }

    [Fact]
    public async Task Queries_OfPanelsAndAlerts_NameOnlyWhatIsEmitted()
    {
        var emitted = await EmittedSeries.ByNameAsync();
        var recorded = Recorded();
        var rules = Directory.GetFiles(Rules, "*.yml").Select(File.ReadAllText);
        foreach (var query in Files.SelectMany(row => Queries(Read(row.Data))).Concat(rules))
        {
            foreach (Match name in OwnSeries().Matches(query))
                Assert.True(emitted.ContainsKey(name.Value), $"nothing emits {name.Value}, which this names: {query}");
            foreach (Match name in RecordedSeries().Matches(query))
                Assert.True(recorded.Contains(name.Value), $"no rule records {name.Value}");
        }
    }

    /// <summary>A label value that the code no longer writes makes a query empty for ever, which looks like nothing ever went wrong.</summary>
    [Fact]
    public void Queries_OfPanelsAndAlerts_AskForValuesThatTheCodeWrites()
    {
        var code = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "gateway"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var rules = Directory.GetFiles(Rules, "*.yml").Select(File.ReadAllText);
        var asked = Files.SelectMany(row => Queries(Read(row.Data))).Concat(rules).SelectMany(query => Matcher().Matches(query))
            .Where(m => m.Groups["label"].Value is not ("job" or "instance" or "le" or "alertstate" or "http_request_method"))
            .SelectMany(m => m.Groups["values"].Value.Split('|')).Where(value => !value.AsSpan().ContainsAny('$', '.')).Distinct(StringComparer.Ordinal).ToArray();

        Assert.NotEmpty(asked);
        Assert.DoesNotContain(asked, value => !code.Contains($"\"{value}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Series_ThatAreEmitted_AreEachOnAPanel()
    {
        var shown = Files.SelectMany(row => Queries(Read(row.Data))).SelectMany(q => OwnSeries().Matches(q)).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        var emitted = await EmittedSeries.ByNameAsync();
        var missing = emitted.GroupBy(e => e.Value, StringComparer.Ordinal).Where(family => !family.Any(e => shown.Contains(e.Key))).Select(family => family.Key);

        Assert.Empty(missing);
    }

    [Fact]
    public void Runbook_Dashboard_SaysWhatThePageSays()
    {
        var chapter = RunbookPage.Sections();
        var panels = Panels(Read("runbook.json")).Where(p => p.GetProperty("type").GetString() == "text").ToArray();

        Assert.Equal(chapter.Select(s => s.Title), panels.Select(p => p.GetProperty("title").GetString()));
        Assert.Equal(chapter.Select(s => s.Text), panels.Select(p => p.GetProperty("options").GetProperty("content").GetString()));
    }

    private static string Rules => Path.Combine(Repository.Root, "deploy", "prometheus", "rules");

    private static HashSet<string> Recorded() =>
        Directory.GetFiles(Rules, "*.yml").SelectMany(f => RecordLine().Matches(File.ReadAllText(f))).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    private static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file))).RootElement;

    private static JsonElement[] Panels(JsonElement dashboard) => [.. dashboard.GetProperty("panels").EnumerateArray()];

    private static JsonElement[] Queried(JsonElement dashboard) => [.. Panels(dashboard).Where(p => p.TryGetProperty("targets", out _))];

    private static IEnumerable<string> Queries(JsonElement dashboard) => Queried(dashboard)
        .SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!)
        .Concat(dashboard.GetProperty("annotations").GetProperty("list").EnumerateArray().Select(a => a.GetProperty("expr").GetString()!));

    private static void AssertNoOverlap(JsonElement[] panels)
    {
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in panels)
        {
            var grid = panel.GetProperty("gridPos");
            var (x, y, w, h) = (grid.GetProperty("x").GetInt32(), grid.GetProperty("y").GetInt32(), grid.GetProperty("w").GetInt32(), grid.GetProperty("h").GetInt32());
            Assert.InRange(x + w, 1, 24);
            for (var column = x; column < x + w; column++)
            {
                for (var row = y; row < y + h; row++) Assert.True(taken.Add((column, row)), $"panel {panel.GetProperty("title")} lies on another");
            }
        }
    }

    [GeneratedRegex(@"(?<![\w:])gateway_(?!media_errors$|slow_startups$|stalled_time$|rates$|objectives$|process$|sessions$|origin$|cache$|rollout$)[a-z0-9_]+(?![\w:])", RegexOptions.Multiline)]
    private static partial Regex OwnSeries();

    [GeneratedRegex(@"(?<![\w:""])(?<name>(gateway[_:]|dotnet_|http_(client|server)_|kestrel_|up\b)[a-z0-9_:]*|ALERTS\b)(?<labels>\{[^}]*\})?")]
    private static partial Regex Selected();

    [GeneratedRegex("(?<label>[a-z_]+)(=~|!~|=|!=)\"(?<values>[^\"]*)\"")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"gateway:[a-z0-9_:]+")]
    private static partial Regex RecordedSeries();

    [GeneratedRegex(@"record: (?<name>\S+)")]
    private static partial Regex RecordLine();

    [GeneratedRegex(@"\$\{?(?<name>\w+)")]
    private static partial Regex Variable();
}
