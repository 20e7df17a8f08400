using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.Tests.Docs;

/// <summary>The page that explains the folders knows all of them, and none that is gone.</summary>
public sealed partial class ArchitecturePageTests
{
    [Fact]
    public void FolderTable_OfTheProduct_NamesEachFolderOnce()
    {
        var named = Row().Matches(PublishedPages.Read("docs/architecture.md")).Select(m => m.Groups["folder"].Value);
        var there = Directory.GetDirectories(Path.Combine(Repository.Root, "gateway")).Select(f => Path.GetFileName(f)!).Where(f => f is not ("bin" or "obj"));
        Assert.Equal(there.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FilesItNames_EachOfThem_AreThere()
    {
        var named = SourceFile().Matches(PublishedPages.Read("docs/architecture.md")).Select(m => m.Groups["file"].Value).ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), $"{file} is not there"));
    }

    [GeneratedRegex("`(?<file>gateway/[\\w/]+\\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^\| `(?<folder>\w+)/` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
