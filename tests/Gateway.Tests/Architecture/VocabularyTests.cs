using System.Reflection;
using System.Text.RegularExpressions;
using Gateway.Problems;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Architecture;

/// <summary>Types, members and messages carry the field's words: what is searched for is found, and operators read no dialect.</summary>
public sealed partial class VocabularyTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Names_OfTypesAndMembers_HaveNoOldWord()
    {
        var names = typeof(Program).Assembly.GetTypes()
            .SelectMany(t => t.GetMembers(All).Select(m => $"{t.Name}.{m.Name}").Append(t.FullName!))
            .Where(n => !n.Contains('<', StringComparison.Ordinal));
        Assert.DoesNotContain(names, HasOldWord);
    }

    [Fact]
    public void Messages_OfTheLogAndOfProblems_HaveNoOldWord()
    {
        var messages = typeof(Program).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(All))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()?.Message)
            .OfType<string>()
            .Concat(Enum.GetValues<ProblemCode>().Select(c => ProblemTable.Of(c)).Select(p => p.Detail))
            .ToArray();
        Assert.True(messages.Length > 80, "The messages are not where this test looks for them.");
        Assert.DoesNotContain(messages, HasOldWord);
    }

    private static bool HasOldWord(string text) => CamelWord().Matches(text).Any(w => OldWord().IsMatch(w.Value));

    [GeneratedRegex("[A-Z]?[a-z]+")]
    private static partial Regex CamelWord();

    [GeneratedRegex("^(cellars?|shel(f|ves)|pours?|lobby|desks?|ledgers?|wish(es|ed)?|census)$", RegexOptions.IgnoreCase)]
    private static partial Regex OldWord();
}
