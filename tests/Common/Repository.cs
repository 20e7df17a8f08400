namespace Gateway.Testing;

/// <summary>Finds files of the repository, and of the folder <c>shared</c> that may lie beside it.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Full path below <c>../shared</c>, or null when it is not there.</summary>
    public static string? Shared(params string[] path)
    {
        var full = Path.Combine([Root, "..", "shared", .. path]);
        return Path.Exists(full) ? Path.GetFullPath(full) : null;
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Gateway.sln"))) return folder;
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
