namespace Gateway.Tests.Manifests;

/// <summary>
/// Manifests as packagers write them: our own, each in the manner of one of them with what is particular about it, and real ones from public test suites, which
/// lie beside the repository, or where <c>GATEWAY_CORPUS</c> says, and are optional.
/// </summary>
internal static class ManifestCorpus
{
    public const string Absent = "The manifest corpus (../shared/corpus beside the repository) is not here.";

    public static string? Folder { get; } = Find();

    private static readonly string Own = Path.Combine(AppContext.BaseDirectory, "Manifests", "Packagers");

    /// <summary>Paths relative to their folder, with forward slashes: our own, and the real ones where they are.</summary>
    public static string[] Files(string kind) => [.. FilesIn(Own, kind), .. RealFiles(kind)];

    /// <summary>The real ones alone.</summary>
    public static string[] RealFiles(string kind) => Folder is null ? [] : [.. FilesIn(Folder, kind)];

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(File.Exists(Path.Combine(Own, file)) ? Own : Folder!, file));

    private static IEnumerable<string> FilesIn(string folder, string kind) =>
        Directory.EnumerateFiles(Path.Combine(folder, kind), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

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
