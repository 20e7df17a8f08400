namespace Gateway.Tests.Manifests;

/// <summary>Real manifests beside the repository; tests over them are skipped where the folder is not there.</summary>
internal static class Corpus
{
    public const string Missing = "no manifest corpus at ../shared/corpus beside the repository";

    /// <summary>Folder of the corpus, or null.</summary>
    public static string? Root { get; } = Find();

    public static bool IsMissing => Root is null;

    /// <summary>Files of one kind, relative to the root, in a fixed order.</summary>
    public static IEnumerable<string> Files(string kind)
    {
        if (Root is null) return [];
        return Directory.EnumerateFiles(Path.Combine(Root, kind), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal);
    }

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Root!, file));

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln"))) continue;
            var corpus = Path.Combine(folder.FullName, "..", "shared", "corpus");
            return Directory.Exists(corpus) ? Path.GetFullPath(corpus) : null;
        }

        return null;
    }
}
