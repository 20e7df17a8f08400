using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.Tests.Telemetry;

/// <summary>Alert rules under Prometheus' own judge.</summary>
public sealed partial class AlertRuleTests
{
    private static string Folder => Path.Combine(Repository.Root, "deploy", "prometheus");

    private static string Alerts => File.ReadAllText(Path.Combine(Folder, "rules", "alerts.yml"));

    [Fact]
    public async Task Promtool_Configuration_IsAccepted() => await PromtoolAsync("check", "config", Path.Combine(Folder, "prometheus.yml"));

    [Fact]
    public async Task Promtool_TestsOfTheRules_Succeed() =>
        await PromtoolAsync(["test", "rules", .. Directory.GetFiles(Path.Combine(Folder, "tests"), "*.yml")]);

    [Fact]
    public void Alerts_EachOfThem_HasSeverityRunbookSectionAndTest()
    {
        var tests = string.Concat(Directory.GetFiles(Path.Combine(Folder, "tests"), "*.yml").Select(File.ReadAllText));
        var sections = RunbookPage.Sections().Select(s => s.Title).ToHashSet(StringComparer.Ordinal);
        var rules = Alerts.Split("      - alert: ").Skip(1).ToArray();
        Assert.NotEmpty(rules);
        foreach (var rule in rules)
        {
            var name = rule[..rule.IndexOf('\n', StringComparison.Ordinal)].Trim();
            Assert.Matches("severity: (page|ticket)\n", rule);
            Assert.Contains("summary: \"", rule, StringComparison.Ordinal);
            Assert.Contains($"runbook_url: '{{{{ or $externalLabels.runbook_base_url \"docs/runbook.md\" }}}}#{name.ToLowerInvariant()}'", rule, StringComparison.Ordinal);
            Assert.True(sections.Contains(name), $"the runbook has no section {name}");
            Assert.Matches($"alertname(=\"|: ){name}\\b", tests);
        }
    }

    [Fact]
    public void Runbook_Sections_AreOfAlertsThatExist()
    {
        var alerts = AlertName().Matches(Alerts).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal);
        Assert.Equal(alerts.Order(StringComparer.Ordinal), RunbookPage.Sections().Skip(1).Select(s => s.Title).Order(StringComparer.Ordinal));
    }

    private static async Task PromtoolAsync(params string[] arguments)
    {
        Promtool.SkipIfMissing();
        var (exit, said) = await Promtool.RunAsync(input: null, arguments);
        Assert.True(exit == 0, said);
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex AlertName();
}
