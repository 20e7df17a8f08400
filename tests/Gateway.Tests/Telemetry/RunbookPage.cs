using Gateway.Testing;

namespace Gateway.Tests.Telemetry;

/// <summary>The page for the person on call, <c>docs/runbook.md</c>, cut at its headings.</summary>
internal static class RunbookPage
{
    /// <summary>The page's opening, then one section for each heading of the second level.</summary>
    public static IReadOnlyList<(string Title, string Text)> Sections()
    {
        var parts = File.ReadAllText(Path.Combine(Repository.Root, "docs", "runbook.md")).Split("\n## ");
        Assert.StartsWith("# Runbook\n", parts[0], StringComparison.Ordinal);
        return [Cut(parts[0][2..]), .. parts.Skip(1).Select(Cut)];
    }

    private static (string Title, string Text) Cut(string part)
    {
        var end = part.IndexOf('\n', StringComparison.Ordinal);
        return (part[..end].Trim(), part[end..].Trim());
    }
}
