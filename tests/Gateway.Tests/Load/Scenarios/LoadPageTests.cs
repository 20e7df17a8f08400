using System.Text.RegularExpressions;
using Gateway.Load.Pacing;
using Gateway.Load.Scenarios;
using Gateway.Testing;

namespace Gateway.Tests.Load.Scenarios;

/// <summary>The page about the tester lists what there is.</summary>
public sealed partial class LoadPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "load.md"));

    [Fact]
    public void ReadyMadeTable_OfThePage_NamesEachTestWithItsSummary()
    {
        var rows = Gateway.Load.Scenarios.ReadyMade.ReadyMadeTests.All.Select(t => $"| `{t.Name}` | {t.Summary} |");
        Assert.All(rows, row => Assert.Contains(row, s_page, StringComparison.Ordinal));
    }

    [Fact]
    public void PhaseTable_OfThePage_NamesEachKind() =>
        Assert.All(Enum.GetNames<LoadSimulationKind>(), kind => Assert.Contains($"| `{char.ToLowerInvariant(kind[0])}{kind[1..]}` |", s_page, StringComparison.Ordinal));

    [Fact]
    public void Audience_OnThePage_HasEachOfItsFields()
    {
        foreach (var field in typeof(Audience).GetProperties().Where(p => p.Name is not ("EqualityContract" or "Item"))) Assert.Matches($"[`\"]{char.ToLowerInvariant(field.Name[0])}{field.Name[1..]}[`\"]", s_page);
    }

    [Fact]
    public async Task Example_OnThePage_IsATestThatCanBeRead()
    {
        var file = new FileInfo(Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(file.FullName, Example().Match(s_page).Groups["json"].Value, TestContext.Current.CancellationToken);
            file.Refresh();
            Assert.Equal("match", (await TestFile.ReadAsync(file, TestContext.Current.CancellationToken)).Name);
        }
        finally
        {
            file.Delete();
        }
    }

    [GeneratedRegex(@"```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Example();
}
