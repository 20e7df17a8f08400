using Gateway.Testing;

namespace Gateway.Tests.Telemetry;

/// <summary>The README's chapter for the person on call, cut at its headings.</summary>
internal static class RunbookChapter
{
    public const string Heading = "## Runbook";

    /// <summary>The chapter's opening, then one section for each heading of the third level.</summary>
    public static IReadOnlyList<(string Title, string Text)> Sections()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var start = readme.IndexOf($"\n{Heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, "the README has no runbook");
        var chapter = readme[(start + Heading.Length + 2)..];
        var end = chapter.IndexOf("\n## ", StringComparison.Ordinal);
        if (end >= 0) chapter = chapter[..end];
        var parts = chapter.Split("\n### ");
        return [("Runbook", parts[0].Trim()), .. parts.Skip(1).Select(p => (p[..p.IndexOf('\n', StringComparison.Ordinal)].Trim(), p[p.IndexOf('\n', StringComparison.Ordinal)..].Trim()))];
    }
}
