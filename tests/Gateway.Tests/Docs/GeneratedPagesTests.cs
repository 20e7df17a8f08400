using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Testing;
using Gateway.Tests.Telemetry;

namespace Gateway.Tests.Docs;

/// <summary>Pages that are made from the code say what the code says. <c>tests/docs</c> writes them.</summary>
public sealed class GeneratedPagesTests
{
    private static readonly JsonSerializerOptions AsGrafanaWrites = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void AppSettings_Committed_ShowEveryKnobWithItsDefault() => GeneratedPage.Hold(AppSettings.File, AppSettings.Text());

    [Fact]
    public void ConfigurationPage_Committed_IsWhatTheOptionsSay() => GeneratedPage.Hold("docs/configuration.md", ConfigurationPage.Text());

    [Fact]
    public void MetricsPage_Committed_IsWhatTheInstrumentsSay() => GeneratedPage.Hold("docs/metrics.md", MetricsPage.Text());

    [Fact]
    public void RunbookDashboard_Committed_SaysWhatThePageSays()
    {
        const string Path = "grafana/dashboards/runbook.json";
        var dashboard = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Repository.Root, Path)))!;
        var panels = dashboard["panels"]!.AsArray().Where(p => (string)p!["type"]! == "text").ToArray();
        var sections = RunbookPage.Sections();
        Assert.Equal(sections.Select(s => s.Title), panels.Select(p => (string)p!["title"]!));
        foreach (var (section, panel) in sections.Zip(panels)) panel!["options"]!["content"] = section.Text;
        GeneratedPage.Hold(Path, dashboard.ToJsonString(AsGrafanaWrites) + "\n");
    }
}
