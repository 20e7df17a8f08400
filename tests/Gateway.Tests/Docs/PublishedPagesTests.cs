using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Testing;

namespace Gateway.Tests.Docs;

/// <summary>The published pages keep to their size and lead nowhere that is not there.</summary>
public sealed partial class PublishedPagesTests
{
    private const int ReadmeBytes = 8 * 1024;

    public static TheoryData<string> Markdown => [.. PublishedPages.Markdown];

    [Fact]
    public void Readme_Whole_FitsIntoEightKilobytes() =>
        Assert.InRange(new FileInfo(Path.Combine(Repository.Root, "README.md")).Length, 1, ReadmeBytes);

    [Theory]
    [MemberData(nameof(Markdown))]
    public void Links_IntoTheRepository_LeadToFilesAndHeadings(string page)
    {
        foreach (var target in Link().Matches(WithoutCode(PublishedPages.Read(page))).Select(m => m.Groups["target"].Value).Where(t => !t.Contains("://", StringComparison.Ordinal)))
        {
            var (file, heading) = (target.Split('#')[0], target.Split('#').ElementAtOrDefault(1));
            var path = file.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, file);
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{page} leads to {target}, which is not there");
            if (heading is not null) Assert.Contains(heading, Anchors(PublishedPages.Read(path)));
        }
    }

    [Fact]
    public void Changelog_Newest_IsTheVersionOfTheBuild()
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.Equal(version, Release().Match(PublishedPages.Read("CHANGELOG.md")).Groups["version"].Value);
    }

    private static IEnumerable<string> Anchors(string page) => Heading().Matches(WithoutCode(page))
        .Select(m => NoAnchor().Replace(m.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutCode(string page) => Fence().Replace(page, "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    /// <summary>What GitHub leaves out of a heading's anchor.</summary>
    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^## \[(?<version>\d[^\]]*)\]", RegexOptions.Multiline)]
    private static partial Regex Release();
}
