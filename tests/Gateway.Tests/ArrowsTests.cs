using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.Tests;

/// <summary>The house's arrows: a folder may name only those that stand behind it on a request's way from the door to the street.</summary>
public sealed partial class ArrowsTests
{
    /// <summary>What each folder may use. The files in the root (the walk itself) may use everything; nobody but the doors uses them.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Knobs"] = [],
        ["Json"] = [],
        ["Connections"] = ["Knobs"],
        ["Problems"] = ["Telemetry"],
        ["Telemetry"] = ["Knobs"],
        ["Origin"] = ["Knobs", "Telemetry", "Problems"],
        ["Caching"] = ["Origin", "Knobs", "Telemetry", "Connections"],
        ["Adaptation"] = ["Caching", "Origin", "Knobs", "Telemetry"],
        ["Prefetch"] = ["Adaptation", "Caching", "Origin", "Knobs", "Telemetry", "Manifests.Timeline", "Segments"],
        ["CachedRoutes"] = ["Segments", "Caching", "Origin", "Knobs", "Telemetry", "Problems"],
        ["Segments"] = ["Adaptation", "Prefetch", "Caching", "Origin", "Knobs", "Telemetry", "Problems", "Connections"],
        ["Manifests"] = ["Adaptation", "Prefetch", "Segments", "Caching", "Origin", "Knobs", "Telemetry", "Problems"],
        ["Operators"] = ["Sessions", "Access", "Caching", "Origin", "Knobs", "Telemetry", "Problems"],
        ["Sessions"] = ["Access", "Json", "Manifests", "Segments", "Prefetch", "Adaptation", "Caching", "Origin", "Knobs", "Telemetry", "Problems"],
        ["Access"] = ["Origin", "Json", "Knobs", "Telemetry", "Problems"],
    };

    [Fact]
    public void Folders_UseOnlyWhatStandsBehindThem()
    {
        var gateway = Path.Combine(Repository.Root, "gateway");
        var wrong = new List<string>();
        foreach (var folder in Directory.GetDirectories(gateway).Select(Path.GetFileName).Where(f => f is not ("bin" or "obj" or "wwwroot" or "Properties")))
        {
            Assert.True(Allowed.TryGetValue(folder!, out var allowed), $"{folder} has no place in the table of arrows.");
            foreach (var file in Directory.EnumerateFiles(Path.Combine(gateway, folder!), "*.cs", SearchOption.AllDirectories))
            {
                foreach (Match used in Using().Matches(File.ReadAllText(file)))
                {
                    var name = used.Groups[1].Value;
                    if (name == folder || name.StartsWith($"{folder}.", StringComparison.Ordinal)) continue;
                    if (allowed.Any(a => name == a || name.StartsWith($"{a}.", StringComparison.Ordinal))) continue;
                    wrong.Add($"{Path.GetRelativePath(gateway, file)} uses Gateway.{name}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("Caching")]
    [InlineData("Adaptation")]
    [InlineData("Manifests/Hls")]
    [InlineData("Manifests/Dash")]
    [InlineData("Manifests/Timeline")]
    public void PureFolders_UseNoAspNet(string folder)
    {
        var path = Path.Combine(Repository.Root, "gateway", folder);
        var wrong = Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
            .Where(f => AspNet().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(path, f));
        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"^using (?:static )?Gateway\.([A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"Microsoft\.AspNetCore|\bHttpContext\b|\bHttpResponseMessage\b")]
    private static partial Regex AspNet();
}
