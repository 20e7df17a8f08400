using System.Text.RegularExpressions;

namespace Gateway.Tests.Docs;

/// <summary>Words of the first year that no search would find: what they meant has the field's own word now, and nobody reads them who runs a gateway.</summary>
public sealed partial class OldWordsTests
{
    public static TheoryData<string> Everything => [.. PublishedPages.Markdown, .. PublishedPages.Operation];

    [Theory]
    [MemberData(nameof(Everything))]
    public void PublishedPage_Text_HasNoWordOfTheOldDialect(string page) => Assert.DoesNotMatch(OldWord(), PublishedPages.Read(page));

    [GeneratedRegex(@"\b(cellar|shel(f|ves)|pours?|poured|lobby|desks?|ledgers?|wish(es|ed)?|census)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OldWord();
}
