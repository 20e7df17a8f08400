namespace Gateway.Tests.Manifests;

/// <summary>
/// Real manifests from public test suites. They lie beside the repository, or where <c>GATEWAY_CORPUS</c> says, and are optional.
/// </summary>
internal static class ManifestCorpus
{
    public const string Absent = "The manifest corpus (../shared/corpus beside the repository) is not here.";

    public static string? Folder { get; } = Find();

    /// <summary>Paths relative to the corpus, with forward slashes; empty when the corpus is not there.</summary>
    public static string[] Files(string kind) => Folder is null
        ? []
        : [.. Directory.EnumerateFiles(Path.Combine(Folder, kind), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder!, file));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_CORPUS") is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln"))) continue;
            var corpus = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "corpus"));
            return Directory.Exists(corpus) ? corpus : null;
        }

        return null;
    }
}
