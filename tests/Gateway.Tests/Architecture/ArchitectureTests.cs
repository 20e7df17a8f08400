using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.Tests.Architecture;

/// <summary>The layers: one ordered list, from what a request meets first down to what knows of nothing else. docs/decisions say why the order is this one.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>
    /// A folder uses only those behind it. A sub-folder that stands here by itself has its own place; all others have that of the folder around them. The files in the root put the
    /// parts together: they may use everything, and nothing uses them.
    /// </summary>
    private static readonly string[] Layers =
    [
        "Admin",
        "Playback",
        "Peers.Serving",
        "Live",
        "Sessions",
        "Rollout",
        "Access",
        "Manifests",
        "Segments",
        "Files",
        "CachedRoutes",
        "Playback.Requests",
        "Prefetch",
        "Adaptation",
        "Responses",
        "Timelines",
        "Caching",
        "Steering",
        "Peers",
        "Transcoding",
        "Origin",
        "Rollout.Judging",
        "Media",
        "Problems",
        "Telemetry",
        "Connections",
        "Json",
        "Warmup",
        "Configuration",
        "Hosting",
    ];

    [Fact]
    public void Types_OfALayer_NameOnlyThoseOfLayersBelow()
    {
        var wrong = TypeReferences.Of(typeof(Program).Assembly.Location)
            .Where(r => IsOurs(r.From) && IsOurs(r.To) && LayerOf(r.From) is { } from && (LayerOf(r.To) is not { } to || to < from))
            .Select(r => $"{r.From} names {r.To}")
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Layers_AllFoldersOfTheProduct_HaveOne()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "gateway"))
            .Where(f => Path.GetFileName(f) is not ("bin" or "obj") && Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories).Any())
            .Select(Path.GetFileName);
        Assert.Equal(Layers.Select(l => l.Split('.')[0]).Distinct().Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Caching")]
    [InlineData("Adaptation")]
    [InlineData("Media")]
    [InlineData("Timelines")]
    [InlineData("Rollout/Judging")]
    [InlineData("Manifests/Hls")]
    [InlineData("Manifests/Dash")]
    [InlineData("Live/Keys")]
    [InlineData("Live/Timeline")]
    public void PureFolder_ItsSources_UseNoAspNet(string folder)
    {
        var path = Path.Combine(Repository.Root, "gateway", folder);
        var wrong = Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
            .Where(f => AspNet().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(path, f));
        Assert.Empty(wrong);
    }

    private static bool IsOurs(string type) => type.StartsWith("Gateway.", StringComparison.Ordinal);

    /// <summary>Number of a type's layer, by the longest name that fits its namespace; null for the files in the root.</summary>
    private static int? LayerOf(string type)
    {
        var space = type["Gateway.".Length..];
        int? found = null;
        for (var layer = 0; layer < Layers.Length; layer++)
        {
            if (space.StartsWith($"{Layers[layer]}.", StringComparison.Ordinal) && (found is not { } known || Layers[layer].Length > Layers[known].Length)) found = layer;
        }

        return found;
    }

    [GeneratedRegex(@"Microsoft\.AspNetCore|\bHttpContext\b|\bHttpResponseMessage\b")]
    private static partial Regex AspNet();
}
