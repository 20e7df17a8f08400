using Gateway.Testing;

namespace Gateway.Tests.Docs;

/// <summary>What people read who never open the code: pages in Markdown, the API document, and the texts of dashboards and alerts.</summary>
internal static class PublishedPages
{
    /// <summary>Paths from the root of the repository, with slashes.</summary>
    public static IReadOnlyList<string> Markdown { get; } =
    [
        .. new[] { "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md" },
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Select(Relative).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<string> Operation { get; } =
    [
        "gateway/openapi.json",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "grafana", "dashboards"), "*.json").Select(Relative).Order(StringComparer.Ordinal),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy", "prometheus"), "*.yml", SearchOption.AllDirectories).Select(Relative).Order(StringComparer.Ordinal),
    ];

    public static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
}
