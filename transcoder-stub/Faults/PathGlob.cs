using System.Text.RegularExpressions;

namespace TranscoderStub.Faults;

/// <summary><c>*</c> matches within a folder, <c>**</c> across folders, everything else itself.</summary>
internal sealed class PathGlob(string pattern)
{
    // NonBacktracking: a pattern comes over HTTP, and no pattern may cost more than linear time.
    private readonly Regex _regex = new(
        $"^{Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public bool Matches(string path) => _regex.IsMatch(path);
}
