namespace Gateway.Access;

/// <summary>
/// Matches <c>*</c> (any run) and <c>?</c> (one character). Time grows with the product of the lengths at worst: only the last star is
/// ever tried again, which is enough, because an earlier star can only give away what a later one could take.
/// </summary>
internal static class Wildcard
{
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">What must match from end to end; case counts.</param>
    /// <param name="acrossSlashes">Whether <c>*</c> and <c>?</c> take slashes.</param>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool acrossSlashes)
    {
        int p = 0, t = 0, star = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && (pattern[p] == text[t] || (pattern[p] == '?' && (acrossSlashes || text[t] != '/'))))
            {
                p++;
                t++;
            }
            else if (star >= 0 && (acrossSlashes || text[starText] != '/'))
            {
                p = star + 1;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
